// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// lookupDataSource is the base of the data sources. They read with the provider's client.
type lookupDataSource struct {
	provider *providerData // nil until the provider is configured
}

// defaultLookupTimeout is the default of timeouts.read. It leaves time for long lists.
const defaultLookupTimeout = 5 * time.Minute

// Configure sets the provider data. It is nil while Terraform only validates a configuration.
func (d *lookupDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

// begin returns the client for a read, and a context that ends with the timeout. It sets
// organization to the provider's if it is null. If diags has an error, do not read. Always call the
// cancel function.
func (d *lookupDataSource) begin(ctx context.Context, organization *types.String, within timeouts.Value, diags *diag.Diagnostics) (context.Context, context.CancelFunc, *tallyfy.Client) {
	if !d.provider.canRequest(diags) {
		return ctx, func() {}, nil
	}
	if organization.IsNull() {
		*organization = d.provider.organization("data source", diags)
	}
	timeout, more := within.Read(ctx, defaultLookupTimeout)
	diags.Append(more...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	return ctx, cancel, d.provider.client.ForPlan()
}

// organizationAttribute returns the attribute organization_id of a data source.
func organizationAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: "The ID of the organization. Defaults to the provider's `organization_id`.",
		Validators:          []validator.String{id()},
	}
}

// readTimeouts returns the timeouts block of a data source.
func readTimeouts() schema.Block {
	return schema.SingleNestedBlock{
		CustomType:          timeouts.Type{ObjectType: timeoutsType("read")},
		MarkdownDescription: "How long reading may take.",
		Attributes: map[string]schema.Attribute{"read": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: timeoutDescription("How long reading may take, including all pages, waits and retries", defaultLookupTimeout),
			Validators:          []validator.String{duration()},
		}},
	}
}
