// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

func TestMain(m *testing.M) { os.Exit(clitest.Around(m)) }

// TestAccConformance is what "make testacc" runs: the suite against the Tallyfy that the
// environment names.
func TestAccConformance(t *testing.T) {
	if err := Disabled(os.Getenv); err != nil {
		t.Skip(err)
	}
	settings, err := ReadSettings(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the tests immediately, without the clean-up.
	context.AfterFunc(ctx, stop)
	(&Suite{Settings: settings, Install: clitest.Shared}).Run(ctx, t)
}
