// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var _ validator.String = stringRule{}

// stringRule refuses strings by a rule of the client's own, so that a plan finds what an apply would.
type stringRule struct {
	summary string // of the error
	rule    string // what the string must be, in a few words
	secret  bool   // an error must not repeat the value
	check   func(string) error
}

// id refuses what cannot be an id of Tallyfy's, or would make another path of the request's.
func id() validator.String {
	return stringRule{summary: "Invalid Id", rule: "must be a Tallyfy id", check: tallyfy.CheckID}
}

// baseURL refuses addresses to which the token must not be sent. They may hold a password, so they are not repeated.
func baseURL() validator.String {
	return stringRule{summary: "Invalid Base URL", rule: "must be an https URL, or an http URL of a loopback address", secret: true, check: checkBaseURL}
}

// accessToken refuses what cannot be sent as a token.
func accessToken() validator.String {
	return stringRule{summary: "Invalid Access Token", rule: "must be a token alone", secret: true, check: tallyfy.CheckToken}
}

// credential refuses what is surely no client id or client secret, under this summary. Neither is repeated.
func credential(summary string) validator.String {
	return stringRule{summary: summary, rule: "must hold no white space", secret: true, check: tallyfy.CheckCredential}
}

// tokenURL refuses addresses to which the client secret must not be sent. They may hold a password, so they are not repeated.
func tokenURL() validator.String {
	return stringRule{summary: "Invalid Token URL", rule: "must be an https URL, or an http URL of a loopback address", secret: true, check: tallyfy.CheckTokenURL}
}

// email refuses what cannot be the address of a user.
func email() validator.String {
	return stringRule{summary: "Invalid E-Mail Address", rule: "must be an e-mail address", check: tallyfy.CheckEmail}
}

// nameWithin rejects the empty name, which every task without a name would have, and a name without
// run_id, because a name only identifies a task within its process.
func nameWithin() []validator.String {
	return []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("run_id"))}
}

func checkBaseURL(s string) error {
	_, err := tallyfy.ParseBaseURL(s)
	return err
}

// Description tells the rule.
func (r stringRule) Description(context.Context) string { return r.rule }

// MarkdownDescription tells the rule.
func (r stringRule) MarkdownDescription(context.Context) string { return r.rule }

// ValidateString applies the rule to a value that is known.
func (r stringRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	err := r.check(req.ConfigValue.ValueString())
	if err == nil {
		return
	}
	given := ""
	if !r.secret {
		given = fmt.Sprintf(" (given: %q)", req.ConfigValue.ValueString())
	}
	resp.Diagnostics.AddAttributeError(req.Path, r.summary, fmt.Sprintf("%s cannot be used: %s%s.", req.Path, err, given))
}
