// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package provider contains the Terraform layer: schemas, plans, and conversions between
// Terraform's values and those of the packages below. It decides nothing about tasks.
package provider

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	frameworkaction "github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var (
	_ provider.Provider                  = (*tallyfyProvider)(nil)
	_ provider.ProviderWithActions       = (*tallyfyProvider)(nil)
	_ provider.ProviderWithFunctions     = (*tallyfyProvider)(nil)
	_ provider.ProviderWithListResources = (*tallyfyProvider)(nil)
)

type tallyfyProvider struct {
	version   string
	transport http.RoundTripper // nil for the default one
}

// New returns a constructor of providers with this version.
func New(version string) func() provider.Provider { return NewOver(version, nil) }

// NewOver is [New] with a transport for all requests, for tests that have a network of their own.
func NewOver(version string, transport http.RoundTripper) func() provider.Provider {
	return func() provider.Provider { return &tallyfyProvider{version: version, transport: transport} }
}

// Metadata returns the name and the version of the provider.
func (p *tallyfyProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "tallyfy"
	resp.Version = p.version
}

// Schema returns the arguments of the provider block.
func (p *tallyfyProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Completes [Tallyfy](https://tallyfy.com) tasks: sets the fields of their forms, decides approvals, and waits for people.",
		Attributes: map[string]schema.Attribute{
			"access_token": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The access token of the Tallyfy user who completes the tasks. May be an ephemeral value. " +
					"Can also be set with the `" + envAccessToken + "` or `" + envAPIToken + "` environment variable.",
				Validators: []validator.String{accessToken()},
			},
			"organization_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The ID of the organization that the tasks belong to, unless a block sets its own `organization_id`. " +
					"Can also be set with the `" + envOrganization + "` environment variable.",
				Validators: []validator.String{id()},
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The `https` URL of Tallyfy's API. " +
					"Can also be set with the `" + envBaseURL + "` environment variable. Defaults to `" + tallyfy.DefaultBaseURL + "`.",
				Validators: []validator.String{baseURL()},
			},
			"max_retries": schema.Int64Attribute{
				Optional:   true,
				CustomType: wholeNumberType{},
				MarkdownDescription: fmt.Sprintf("The maximum number of retries of one request. Defaults to `%d`. "+
					"A completion is retried only if Tallyfy has not acted on it, as far as the task shows.", tallyfy.DefaultMaxRetries),
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
			"preflight": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether a plan reads the tasks that it would complete or change, and reports what an apply would do and where it would fail. " +
					"Defaults to `true`. A read that gets no response does not fail the plan.",
			},
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("How long one attempt of a request may take: a duration such as `30s` or `1m30s`. Defaults to `%s`. "+
					"The `timeouts` of a block limit all attempts together.", shortDuration(tallyfy.DefaultRequestTimeout)),
				Validators: []validator.String{duration()},
			},
		},
	}
	addCredentials(resp.Schema.Attributes)
	addCertificates(resp.Schema.Attributes)
}

// Resources returns the resources.
func (p *tallyfyProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newTaskCompletionResource, newTaskWaitResource}
}

// DataSources returns the data sources.
func (p *tallyfyProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newTaskDataSource, newTasksDataSource, newRunDataSource}
}

// Functions returns the functions. They make no requests.
func (p *tallyfyProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{newParseURLFunction}
}

// Actions returns the actions. They require Terraform 1.14.
func (p *tallyfyProvider) Actions(context.Context) []func() frameworkaction.Action {
	return []func() frameworkaction.Action{newCompleteTaskAction}
}

// ListResources returns the list resources. They require Terraform 1.14.
func (p *tallyfyProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newTaskCompletionList}
}
