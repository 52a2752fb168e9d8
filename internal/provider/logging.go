// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

// subsystem is the name under which the provider's own lines stand in Terraform's log.
const subsystem = "tallyfy"

// logger writes the client's lines to Terraform's log at DEBUG. The client logs no header and no body; should one of its
// secrets get into a line all the same, it is masked. They are asked for with each line, since tokens come in answers.
func logger(secrets func() []string) tallyfy.LogFunc {
	return func(ctx context.Context, message string, fields map[string]any) {
		ctx = tflog.NewSubsystem(ctx, subsystem, tflog.WithRootFields())
		ctx = tflog.SubsystemMaskLogStrings(ctx, subsystem, secrets()...)
		tflog.SubsystemDebug(ctx, subsystem, message, fields)
	}
}

// SilenceUnusedLogs keeps the SDK and the provider from writing log lines that nobody will read. They write all of them otherwise, dozens for
// each block, and the CLI parses each one only to drop it: more than a third of what the provider and the CLI together would take.
// The CLI shows lines of providers where TF_LOG_PROVIDER, else TF_LOG, names a level. What a user sets of the variables that tell
// the parts of a provider how much to write is respected. Call it before anything is served.
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
			_ = os.Setenv(part, "off") // if it cannot be set the lines are written, as ever
		}
	}
}

// progress writes lines about what is waited for to Terraform's log at INFO, less the client's secrets.
func progress(secrets func() []string) wait.LogFunc {
	return func(ctx context.Context, message string, fields map[string]any) {
		ctx = tflog.NewSubsystem(ctx, subsystem, tflog.WithRootFields())
		ctx = tflog.SubsystemMaskLogStrings(ctx, subsystem, secrets()...)
		tflog.SubsystemInfo(ctx, subsystem, message, fields)
	}
}
