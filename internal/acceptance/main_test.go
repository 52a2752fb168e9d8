// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package acceptance tests the provider's promise from outside: with every fault, each task is
// completed exactly once and recorded, and errors say what happened to it. The tests check the
// requests, the webhooks, the state, the next plan and the diagnostics.
package acceptance

import (
	"os"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

func TestMain(m *testing.M) { os.Exit(clitest.Around(m)) }
