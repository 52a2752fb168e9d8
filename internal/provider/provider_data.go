// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// connectionOf returns the provider data that Configure prepared; nil while Terraform only validates a configuration.
func connectionOf(data any, diags *diag.Diagnostics) *connection {
	if data == nil {
		return nil
	}
	conn, ok := data.(*connection)
	if !ok {
		diags.AddError("Unexpected Provider Data", fmt.Sprintf("The provider handed over a %T. Please report this to its developers.", data))
	}
	return conn
}

// unknownConfiguration reports that Tallyfy cannot be asked yet.
func unknownConfiguration(diags *diag.Diagnostics) {
	diags.AddError("Provider Configuration Is Not Known",
		"A part of the tallyfy provider's configuration depends on something that is known only after apply, so Tallyfy cannot be asked.\n\n"+
			"Apply what it depends on first (with -target), or give the provider values that are known.")
}

// missingOrganization reports that neither a block of this kind nor the provider names an organization.
func missingOrganization(diags *diag.Diagnostics, kind string) {
	diags.AddAttributeError(path.Root("organization_id"), "Missing Organization",
		"It is not known which organization the task belongs to: neither the "+kind+" nor the provider has an organization_id.\n\n"+
			"Set organization_id in the provider block, or the environment variable "+envOrganization+", or organization_id of this "+kind+".")
}
