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

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

// The environment variables that stand in for attributes, named as Tallyfy's own tools name them (tallyfy-api §4).
const (
	envAccessToken  = "TALLYFY_ACCESS_TOKEN" //nolint:gosec // the name of a variable, no token
	envAPIToken     = "TALLYFY_API_TOKEN"    //nolint:gosec // the name of a variable, no token
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
}

// Configure prepares the client. It makes no request, and takes values that are not known yet: they are in the plan's phase.
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
	who := config.identify(data.organizationID, &resp.Diagnostics)
	data.tokenMissing = who.missing
	retries := int64(tallyfy.DefaultMaxRetries)
	if !config.MaxRetries.IsNull() {
		retries = min(config.MaxRetries.ValueInt64(), math.MaxInt32)
	}
	perTry := tallyfy.DefaultRequestTimeout
	if !config.RequestTimeout.IsNull() && !config.RequestTimeout.IsUnknown() {
		var err error
		if perTry, err = time.ParseDuration(config.RequestTimeout.ValueString()); err != nil { // the schema has checked it
			resp.Diagnostics.AddAttributeError(path.Root("request_timeout"), "Invalid Duration", "request_timeout cannot be used: "+err.Error()+".")
		}
	}
	if resp.Diagnostics.HasError() || anyUnknown(config) || who.missing {
		return
	}
	var client *tallyfy.Client
	client, err := tallyfy.New(tallyfy.Config{
		BaseURL:        root,
		AccessToken:    who.token,
		Credentials:    who.credentials,
		TokenSource:    who.source,
		UserAgent:      userAgent(p.version, req.TerraformVersion),
		MaxRetries:     int(retries),
		RequestTimeout: max(perTry, time.Millisecond),
		Log:            logger(func() []string { return client.Secrets() }),
		Transport:      p.transport,
	})
	if err != nil { // each part has been checked by the same rules
		resp.Diagnostics.AddError("Provider Cannot Be Configured", "Preparing the client of Tallyfy's API: "+err.Error()+".")
		return
	}
	data.engine, data.client = completion.New(client), client
	data.waits = wait.New(client, progress(client.Secrets))
	if config.Preflight.IsNull() || config.Preflight.ValueBool() {
		data.preflight = data.engine.Preflight()
	}
}

func anyUnknown(c providerModel) bool {
	return c.AccessToken.IsUnknown() || c.OrganizationID.IsUnknown() || c.BaseURL.IsUnknown() || c.MaxRetries.IsUnknown() || c.RequestTimeout.IsUnknown() || c.credentialUnknown()
}

// setting returns the configured value, else that of the first of the environment variables that is set and not empty, else "",
// and in words where it comes from. The environment's is held to the same rule as the configuration's, which the schema has checked;
// no value is quoted.
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
				fmt.Sprintf("The environment variable %s, which stands in for %s, cannot be used: %s.\n\nCorrect it, or set %s in the provider block.",
					variable, attribute, err, attribute))
			return "", ""
		}
		return value, "the environment variable " + variable
	}
	return "", ""
}

// userAgent names the provider, the CLI, and what TF_APPEND_USER_AGENT asks to add.
func userAgent(version, cli string) string {
	agent := "terraform-provider-tallyfy/" + version + " terraform/" + cli
	if more := os.Getenv("TF_APPEND_USER_AGENT"); more != "" {
		agent += " " + more
	}
	return agent
}
