// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package clitest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
)

// sharedDir is the directory of the shared installation while tests run.
var sharedDir string

// Around runs the tests of a package, a [testing.M], with a directory for their shared
// installation, and returns the exit code.
func Around(tests interface{ Run() int }) int {
	dir, err := os.MkdirTemp("", "tallyfy-cli-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	sharedDir = dir
	return tests.Run()
}

// Shared returns the installation of all tests that [Around] runs. It is created at the first call.
var Shared = sync.OnceValues(func() (*Installation, error) {
	if sharedDir == "" {
		return nil, errors.New("the tests of this package do not run by way of clitest.Around")
	}
	return New(context.Background(), sharedDir)
})
