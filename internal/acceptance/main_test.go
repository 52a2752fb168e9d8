// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package acceptance holds the provider to its promise from outside: each task is completed exactly
// once and recorded, through every fault, and errors say what became of it. Its tests assert
// requests made and not made, webhooks, state, the next plan and what the user reads.
package acceptance

import (
	"os"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

func TestMain(m *testing.M) { os.Exit(clitest.Around(m)) }
