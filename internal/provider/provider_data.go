// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerDataOf returns the provider data that Configure prepared; nil while Terraform only validates a configuration.
func providerDataOf(data any, diags *diag.Diagnostics) *providerData {
	if data == nil {
		return nil
	}
	conn, ok := data.(*providerData)
	if !ok {
		diags.AddError("Unexpected Provider Data", fmt.Sprintf("The provider handed over a %T. Please report this to its developers.", data))
	}
	return conn
}

// organization returns the provider's organization for a block of this kind that does not have one; null after an error.
func (c *providerData) organization(kind string, diags *diag.Diagnostics) types.String {
	if c.organizationID == "" {
		diags.AddAttributeError(path.Root("organization_id"), "Missing Organization",
			"It is not known which organization to use: neither the "+kind+" nor the provider has an organization_id.\n\n"+
				"Set organization_id in the provider block, or the environment variable "+envOrganization+", or organization_id of this "+kind+".")
		return types.StringNull()
	}
	return types.StringValue(c.organizationID)
}
