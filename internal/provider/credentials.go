// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// The environment variables for an application's credentials. user_email has none, because the user
// that a pipeline acts as should be visible in a review.
const (
	envClientID     = "TALLYFY_CLIENT_ID"
	envClientSecret = "TALLYFY_CLIENT_SECRET" //nolint:gosec // the name of a variable and not a secret
	envTokenURL     = "TALLYFY_TOKEN_URL"     //nolint:gosec // the name of a variable and not a token
)

// credentialsModel contains the arguments of the provider block that request tokens instead of an
// access_token.
type credentialsModel struct {
	ClientID     types.String `tfsdk:"client_id"`
	ClientSecret types.String `tfsdk:"client_secret"`
	TokenURL     types.String `tfsdk:"token_url"`
	UserEmail    types.String `tfsdk:"user_email"`
}

// all returns all arguments.
func (m credentialsModel) all() []attr.Value {
	return []attr.Value{m.ClientID, m.ClientSecret, m.TokenURL, m.UserEmail}
}

// isConfigured reports whether any of them is set, even if it is not known yet.
func (m credentialsModel) isConfigured() bool {
	for _, value := range m.all() {
		if !value.IsNull() {
			return true
		}
	}
	return false
}

// credentialUnknown reports whether any of them is known only after apply.
func (m credentialsModel) credentialUnknown() bool {
	for _, value := range m.all() {
		if value.IsUnknown() {
			return true
		}
	}
	return false
}

// addCredentials adds the attributes of credentialsModel to those of the provider block.
func addCredentials(attributes map[string]schema.Attribute) {
	maps.Copy(attributes, map[string]schema.Attribute{
		"client_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The client ID of an application that requests its own access tokens. " +
				"Can also be set with the `" + envClientID + "` environment variable. Conflicts with `access_token`.",
			Validators: []validator.String{credential("Invalid Client ID")},
		},
		"client_secret": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "The client secret of the application. " +
				"Can also be set with the `" + envClientSecret + "` environment variable. Conflicts with `access_token`.",
			Validators: []validator.String{credential("Invalid Client Secret")},
		},
		"token_url": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The `https` URL from which the application requests its tokens. Requires `client_id`. " +
				"Can also be set with the `" + envTokenURL + "` environment variable. Defaults to `" + tallyfy.DefaultTokenURL + "`.",
			Validators: []validator.String{tokenURL()},
		},
		"user_email": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The email address of the user that the application acts as. By default, the application acts as itself. " +
				"Requires `client_id` and `organization_id`. The user must be a member of the organization.",
			Validators: []validator.String{email()},
		},
	})
}

// identity is what authorizes the provider's requests: a token or credentials, or neither if a part
// of them is missing.
type identity struct {
	token       string
	credentials *tallyfy.Credentials
	// source describes where they come from. It contains no secret.
	source string
	// missing are the errors that say what is missing, for the first request that is required.
	missing diag.Diagnostics
}

// identify returns the configured identity. Arguments of the block decide between a token and
// credentials, and the environment supplies those that are missing. If the block has none of them,
// the environment decides.
func (m providerModel) identify(organization string, diags *diag.Diagnostics) identity {
	byToken := !m.AccessToken.IsNull()
	if !byToken && !m.isConfigured() {
		byToken = !anySet(envClientID, envClientSecret)
		if !byToken && anySet(envAccessToken, envAPIToken) {
			diags.AddError("Conflicting Credentials in the Environment", fmt.Sprintf(
				"The environment has both an access token (%s or %s) and credentials of an application (%s or %s), and the provider block has neither: "+
					"it is not clear which identity the provider should use.\n\nUnset the variables of one kind, or set access_token or client_id in the provider block, which takes precedence.",
				envAccessToken, envAPIToken, envClientID, envClientSecret))
			return identity{}
		}
	}
	if !byToken {
		return m.credentials(organization, m.OrganizationID.IsUnknown(), diags)
	}
	token, source := setting(m.AccessToken, diags, "access_token", tallyfy.CheckToken, envAccessToken, envAPIToken)
	auth := identity{token: token, source: source}
	if source == "" && !diags.HasError() {
		auth.missing = missingToken()
	}
	return auth
}

// withoutCredentials says how to remove what needs no request.
const withoutCredentials = "A destroy that does not reopen a task needs no token: terraform destroy -refresh=false."

// missingToken returns the error that there is neither an access token nor credentials to request
// one.
func missingToken() (diags diag.Diagnostics) {
	diags.AddError("Missing Access Token",
		"A request to Tallyfy is required, and the provider has no access token: neither its block nor the environment has one.\n\n"+
			"Set access_token in the provider block, or the environment variable "+envAccessToken+" (or "+envAPIToken+"). "+
			"Create a personal access token in Tallyfy under Settings > Integrations > REST API.\n\n"+
			"For a pipeline, client_id and client_secret (or "+envClientID+" and "+envClientSecret+") are better: "+
			"the provider then requests its own tokens, which do not expire when a user logs out.\n\n"+
			withoutCredentials)
	return diags
}

// missingCredential returns the errors that a part of the credentials is missing; none if both are
// there.
func missingCredential(c tallyfy.Credentials) (diags diag.Diagnostics) {
	for _, part := range []struct{ value, attribute, summary, variable string }{
		{value: c.ClientID, attribute: "client_id", summary: "Missing Client ID", variable: envClientID},
		{value: c.ClientSecret, attribute: "client_secret", summary: "Missing Client Secret", variable: envClientSecret},
	} {
		if part.value == "" {
			diags.AddError(part.summary, fmt.Sprintf(
				"A request to Tallyfy is required. Requesting an access token as an application requires both a client_id and a client_secret, and %s is not configured.\n\n"+
					"Set %s in the provider block, or the environment variable %s. Tallyfy's support provides both. Or remove client_id, client_secret, token_url and user_email, and use an access_token.\n\n%s",
				part.attribute, part.attribute, part.variable, withoutCredentials))
		}
	}
	return diags
}

// credentials returns the identity of an application. Rules that involve more than one attribute
// apply when all of them are known.
func (m credentialsModel) credentials(organization string, organizationUnknown bool, diags *diag.Diagnostics) identity {
	c := &tallyfy.Credentials{UserEmail: m.UserEmail.ValueString(), Organization: organization}
	var idFrom, secretFrom string
	c.ClientID, idFrom = setting(m.ClientID, diags, "client_id", tallyfy.CheckCredential, envClientID)
	c.ClientSecret, secretFrom = setting(m.ClientSecret, diags, "client_secret", tallyfy.CheckCredential, envClientSecret)
	c.TokenURL, _ = setting(m.TokenURL, diags, "token_url", tallyfy.CheckTokenURL, envTokenURL)
	source := idFrom + " and " + secretFrom
	if !m.ClientID.IsNull() && !m.ClientSecret.IsNull() {
		source = "client_id and client_secret in the provider block"
	}
	auth := identity{credentials: c, source: source}
	if m.credentialUnknown() || diags.HasError() {
		return auth
	}
	auth.missing = missingCredential(*c)
	if c.UserEmail != "" && organization == "" && !organizationUnknown {
		diags.AddAttributeError(path.Root("user_email"), "Missing Organization",
			"user_email requires the organization of the user, and no organization is configured.\n\n"+
				"Set organization_id in the provider block, or the environment variable "+envOrganization+".")
		diags.Append(auth.missing...)
	}
	return auth
}

// anySet reports whether any of the environment variables is not empty.
func anySet(variables ...string) bool {
	for _, variable := range variables {
		if os.Getenv(variable) != "" {
			return true
		}
	}
	return false
}
