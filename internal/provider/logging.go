// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// subsystem is the name of the provider's own lines in Terraform's log.
const subsystem = "tallyfy"

// logAtLevel writes a line of a subsystem at a level, as [tflog.SubsystemDebug] does at DEBUG.
type logAtLevel func(ctx context.Context, subsystem, message string, fields ...map[string]any)

// logger returns a function that writes lines to Terraform's log. The client logs neither headers
// nor bodies; as a second line of defence, its secrets are masked. They are read for each line,
// because responses add tokens.
func logger(write logAtLevel, secrets func() []string) func(ctx context.Context, message string, fields map[string]any) {
	return func(ctx context.Context, message string, fields map[string]any) {
		ctx = tflog.NewSubsystem(ctx, subsystem, tflog.WithRootFields())
		ctx = tflog.SubsystemMaskLogStrings(ctx, subsystem, secrets()...)
		write(ctx, subsystem, message, fields)
	}
}

// SilenceUnusedLogs switches off the log lines of the SDK and the provider that the CLI would drop.
// The CLI only shows lines of providers if TF_LOG_PROVIDER, or else TF_LOG, names a level. By
// default, the SDK writes dozens of lines for each block, and the CLI parses each one, which takes
// more than a third of the time of both. Variables that a user has set keep their values. Call it
// before serving.
func SilenceUnusedLogs() {
	asked := os.Getenv("TF_LOG_PROVIDER")
	if asked == "" {
		asked = os.Getenv("TF_LOG")
	}
	if asked != "" && !strings.EqualFold(asked, "off") {
		return
	}
	for _, part := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_TALLYFY"} {
		if os.Getenv(part) == "" {
			_ = os.Setenv(part, "off") // if it cannot be set, the lines are written
		}
	}
}
