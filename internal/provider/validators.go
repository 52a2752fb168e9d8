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

// stringRule rejects strings by a rule of the client, so that a plan reports what an apply would.
type stringRule struct {
	summary string // of the error
	rule    string // what the string must be, in a few words
	secret  bool   // an error must not quote the value
	check   func(string) error
}

// id rejects strings that cannot be an ID in Tallyfy, or would change the path of the request.
func id() validator.String {
	return stringRule{summary: "Invalid ID", rule: "must be a Tallyfy ID", check: tallyfy.CheckID}
}

// baseURL rejects URLs to which the token must not be sent. Errors do not quote them, because they
// may contain a password.
func baseURL() validator.String {
	return stringRule{summary: "Invalid Base URL", rule: "must be an https URL, or an http URL of a loopback address", secret: true, check: checkBaseURL}
}

// accessToken rejects strings that cannot be sent as a token.
func accessToken() validator.String {
	return stringRule{summary: "Invalid Access Token", rule: "must be a token alone", secret: true, check: tallyfy.CheckToken}
}

// credential rejects strings that cannot be a client ID or client secret. Errors do not quote them.
func credential(summary string) validator.String {
	return stringRule{summary: summary, rule: "must not contain whitespace", secret: true, check: tallyfy.CheckCredential}
}

// tokenURL rejects URLs to which the client secret must not be sent. Errors do not quote them,
// because they may contain a password.
func tokenURL() validator.String {
	return stringRule{summary: "Invalid Token URL", rule: "must be an https URL, or an http URL of a loopback address", secret: true, check: tallyfy.CheckTokenURL}
}

// email rejects strings that cannot be the email address of a user.
func email() validator.String {
	return stringRule{summary: "Invalid Email Address", rule: "must be an email address", check: tallyfy.CheckEmail}
}

// nameWithin rejects the empty name, which every task without a name would have, and a name without
// run_id, because a name only identifies a task within its process.
func nameWithin() []validator.String {
	return []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("run_id"))}
}

// checkBaseURL returns an error that completes a sentence if s is not a base URL.
func checkBaseURL(s string) error {
	_, err := tallyfy.ParseBaseURL(s)
	return err
}

// Description returns the rule.
func (r stringRule) Description(context.Context) string { return r.rule }

// MarkdownDescription returns the rule.
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
