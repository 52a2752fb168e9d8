// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
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
