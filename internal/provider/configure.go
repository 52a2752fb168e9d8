// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// The environment variables that stand in for attributes, named as Tallyfy's own tools name them (tallyfy-api §4).
const (
	envAccessToken  = "TALLYFY_ACCESS_TOKEN" //nolint:gosec // the name of a variable, no token
	envAPIToken     = "TALLYFY_API_TOKEN"    //nolint:gosec // the name of a variable, no token
	envOrganization = "TALLYFY_ORG_ID"
	envBaseURL      = "TALLYFY_BASE_URL"
)

type providerModel struct {
	AccessToken    types.String         `tfsdk:"access_token"`
	OrganizationID types.String         `tfsdk:"organization_id"`
	BaseURL        types.String         `tfsdk:"base_url"`
	MaxRetries     types.Int64          `tfsdk:"max_retries"`
	RequestTimeout timetypes.GoDuration `tfsdk:"request_timeout"`
	Preflight      types.Bool           `tfsdk:"preflight"`
	credentialsModel
}

// connection is what the provider hands to its resources.
type connection struct {
	// engine is nil while a part of the provider's configuration is known only after apply.
	engine *completion.Engine
	// preflight looks at tasks while planning; nil where that is switched off, or like engine.
	preflight *completion.Preflight
	// client is what data sources read with; nil as the engine is.
	client *tallyfy.Client
	// organizationID is empty where none is configured or where it is not known yet.
	organizationID string
	// organizationUnknown tells the latter from the former.
	organizationUnknown bool
}

// Configure prepares the client. It makes no request, and takes values that are not known yet: they are in the plan's phase.
func (p *tallyfyProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	conn := &connection{organizationUnknown: config.OrganizationID.IsUnknown()}
	resp.ResourceData, resp.DataSourceData = conn, conn
	resp.ActionData, resp.ListResourceData = conn, conn

	conn.organizationID = setting(config.OrganizationID, &resp.Diagnostics, "organization_id", tallyfy.CheckID, envOrganization)
	root := setting(config.BaseURL, &resp.Diagnostics, "base_url", checkBaseURL, envBaseURL)
	if root == "" {
		root = tallyfy.DefaultBaseURL
	}
	who := config.identify(conn.organizationID, &resp.Diagnostics)
	retries := int64(tallyfy.DefaultMaxRetries)
	if !config.MaxRetries.IsNull() {
		retries = min(config.MaxRetries.ValueInt64(), math.MaxInt32)
	}
	perTry := tallyfy.DefaultRequestTimeout
	if !config.RequestTimeout.IsNull() && !config.RequestTimeout.IsUnknown() {
		var diags diag.Diagnostics
		perTry, diags = config.RequestTimeout.ValueGoDuration()
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() || anyUnknown(config) {
		return
	}
	var client *tallyfy.Client
	client, err := tallyfy.New(tallyfy.Config{
		BaseURL:        root,
		AccessToken:    who.token,
		Credentials:    who.credentials,
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
	conn.engine, conn.client = completion.New(client), client
	if config.Preflight.IsNull() || config.Preflight.ValueBool() {
		conn.preflight = conn.engine.Preflight()
	}
}

func anyUnknown(c providerModel) bool {
	return c.AccessToken.IsUnknown() || c.OrganizationID.IsUnknown() || c.BaseURL.IsUnknown() || c.MaxRetries.IsUnknown() || c.RequestTimeout.IsUnknown() || c.credentialUnknown()
}

// setting gives the configured value, else that of the first of the environment variables that is set and not empty, else
// "". The environment's is held to the same rule as the configuration's, which the schema has checked; no value is quoted.
func setting(configured types.String, diags *diag.Diagnostics, attribute string, check func(string) error, variables ...string) string {
	if !configured.IsNull() {
		return configured.ValueString()
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
			return ""
		}
		return value
	}
	return ""
}

// userAgent names the provider, the CLI, and what TF_APPEND_USER_AGENT asks to add.
func userAgent(version, cli string) string {
	agent := "terraform-provider-tallyfy/" + version + " terraform/" + cli
	if more := os.Getenv("TF_APPEND_USER_AGENT"); more != "" {
		agent += " " + more
	}
	return agent
}
