// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

// The environment variables for attributes that are not set, with the names of Tallyfy's own tools
// (API.md §4).
const (
	envAccessToken  = "TALLYFY_ACCESS_TOKEN" //nolint:gosec // the name of a variable and not a token
	envAPIToken     = "TALLYFY_API_TOKEN"    //nolint:gosec // the name of a variable and not a token
	envOrganization = "TALLYFY_ORG_ID"
	envBaseURL      = "TALLYFY_BASE_URL"
)

type providerModel struct {
	AccessToken    types.String `tfsdk:"access_token"`
	OrganizationID types.String `tfsdk:"organization_id"`
	BaseURL        types.String `tfsdk:"base_url"`
	MaxRetries     wholeNumber  `tfsdk:"max_retries"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	Preflight      types.Bool   `tfsdk:"preflight"`
	credentialsModel
	certificatesModel
}

// Configure prepares the provider data. It makes no request. While planning, values may be unknown.
func (p *tallyfyProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	data := &providerData{organizationUnknown: config.OrganizationID.IsUnknown()}
	resp.ResourceData, resp.DataSourceData = data, data
	resp.ActionData, resp.ListResourceData = data, data

	data.organizationID, _ = setting(config.OrganizationID, &resp.Diagnostics, "organization_id", tallyfy.CheckID, envOrganization)
	root, _ := setting(config.BaseURL, &resp.Diagnostics, "base_url", checkBaseURL, envBaseURL)
	if root == "" {
		root = tallyfy.DefaultBaseURL
	}
	auth := config.identify(data.organizationID, &resp.Diagnostics)
	data.missing = auth.missing
	retries := int64(tallyfy.DefaultMaxRetries)
	if !config.MaxRetries.IsNull() {
		retries = min(config.MaxRetries.ValueInt64(), math.MaxInt32)
	}
	timeout := tallyfy.DefaultRequestTimeout
	if !config.RequestTimeout.IsNull() && !config.RequestTimeout.IsUnknown() {
		var err error
		if timeout, err = time.ParseDuration(config.RequestTimeout.ValueString()); err != nil { // the schema has already checked it
			resp.Diagnostics.AddAttributeError(path.Root("request_timeout"), "Invalid Duration", "request_timeout cannot be used: "+err.Error()+".")
		}
	}
	certificates := config.certificates(&resp.Diagnostics)
	if resp.Diagnostics.HasError() || anyUnknown(config) || auth.missing.HasError() {
		return
	}
	var client *tallyfy.Client
	client, err := tallyfy.New(tallyfy.Config{
		BaseURL:        root,
		AccessToken:    auth.token,
		Credentials:    auth.credentials,
		TokenSource:    auth.source,
		UserAgent:      userAgent(p.version, req.TerraformVersion),
		MaxRetries:     int(retries),
		RequestTimeout: max(timeout, time.Millisecond),
		Log:            logger(tflog.SubsystemDebug, func() []string { return client.Secrets() }),
		Certificates:   certificates,
		Transport:      p.transport,
	})
	if err != nil { // the same rules have already checked each part
		resp.Diagnostics.AddError("Provider Cannot Be Configured", "Preparing the client of Tallyfy's API: "+err.Error()+".")
		return
	}
	data.engine, data.client = completion.New(client), client
	data.waits = wait.New(client, logger(tflog.SubsystemInfo, client.Secrets))
	if config.Preflight.IsNull() || config.Preflight.ValueBool() {
		data.preflight = data.engine.Preflight()
	}
}

func anyUnknown(c providerModel) bool {
	return c.AccessToken.IsUnknown() || c.OrganizationID.IsUnknown() || c.BaseURL.IsUnknown() || c.MaxRetries.IsUnknown() || c.RequestTimeout.IsUnknown() || c.credentialUnknown() || c.certificatesUnknown()
}

// setting returns the value of an attribute and, in words, its source. If it is not configured, the
// value is that of the first environment variable that is not empty, or else "". The value of a
// variable must pass check, as the schema requires of a configured one. Errors do not quote it.
func setting(configured types.String, diags *diag.Diagnostics, attribute string, check func(string) error, variables ...string) (value, source string) {
	if !configured.IsNull() {
		return configured.ValueString(), attribute + " in the provider block"
	}
	for _, variable := range variables {
		value := os.Getenv(variable)
		if value == "" {
			continue
		}
		if err := check(value); err != nil {
			diags.AddAttributeError(path.Root(attribute), "Invalid Environment Variable",
				fmt.Sprintf("The environment variable %s, which sets %s, cannot be used: %s.\n\nCorrect it, or set %s in the provider block.",
					variable, attribute, err, attribute))
			return "", ""
		}
		return value, "the environment variable " + variable
	}
	return "", ""
}

// userAgent returns the User-Agent header: the provider, the CLI, and TF_APPEND_USER_AGENT.
func userAgent(version, cli string) string {
	agent := "terraform-provider-tallyfy/" + version + " terraform/" + cli
	if more := os.Getenv("TF_APPEND_USER_AGENT"); more != "" {
		agent += " " + more
	}
	return agent
}
