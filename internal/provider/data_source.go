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

// lookupDataSource is what the data sources have in common: each reads by way of the provider's client.
type lookupDataSource struct {
	provider *providerData // nil until the provider is configured
}

// defaultLookupTimeout is the time that reading may take unless the timeouts block says otherwise. It leaves room for long lists.
const defaultLookupTimeout = 5 * time.Minute

// Configure takes what the provider prepared. There is nothing when a configuration is only validated.
func (d *lookupDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

// begin gives what a read needs: the client, the organization (the provider's where none is configured) and a context that ends with
// the time-out. Where diags has an error there is nothing to read with; cancel is to be called in any case.
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
	return ctx, cancel, d.provider.client
}

// organizationAttribute is the same in each data source.
func organizationAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: "The ID of the organization. Defaults to the provider's `organization_id`.",
		Validators:          idOnly(),
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
