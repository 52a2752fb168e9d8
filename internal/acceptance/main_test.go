// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package acceptance holds the provider to its promise from outside: each task is completed exactly once and recorded, through
// every fault, and errors tell what became of it. Its tests assert requests made and not made, webhooks, state, the next plan
// and what the user reads.
package acceptance

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/workspace"
)

// built is the folder of the provider that all tests share; TestMain makes and removes it.
var built string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "tallyfy-acceptance-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		built = dir
		return m.Run()
	}())
}

// shared builds the provider once, when the first test asks for it.
var shared = sync.OnceValues(func() (*workspace.Workspace, error) { return workspace.New(context.Background(), built) })
