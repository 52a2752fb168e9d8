// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
)

// sharedDir is the folder of the shared workspace while tests run.
var sharedDir string

// Around runs the tests of a package, a *testing.M, with a folder for the workspace that they share, and gives their exit code.
func Around(tests interface{ Run() int }) int {
	dir, err := os.MkdirTemp("", "tallyfy-workspace-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	sharedDir = dir
	return tests.Run()
}

// Shared gives the workspace of all tests that [Around] runs. It is made when it is first asked for.
var Shared = sync.OnceValues(func() (*Workspace, error) {
	if sharedDir == "" {
		return nil, errors.New("the tests of this package do not run by way of workspace.Around")
	}
	return New(context.Background(), sharedDir)
})
