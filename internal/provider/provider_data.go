// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

// providerData is what the provider passes to its resources, data sources, actions and lists.
type providerData struct {
	// client is nil if a part of the provider's configuration is known only after apply, or if the
	// access token or a credential is missing. So are engine, preflight and waits.
	client *tallyfy.Client
	engine *completion.Engine
	// preflight checks tasks while planning. It is also nil if preflight = false.
	preflight *completion.Preflight
	// waits are those of tallyfy_task_wait, which share their polls.
	waits *wait.Waits
	// organizationID is empty if it is not configured or not known yet.
	organizationID string
	// organizationUnknown reports whether organization_id is known only after apply.
	organizationUnknown bool
	// missing are the errors for a missing access token or credential. They count only if a request
	// is needed: a destroy that sends nothing needs no token.
	missing diag.Diagnostics
	// missingReported is true after a plan has reported them.
	missingReported atomic.Bool
}

// providerDataOf returns the provider data that Configure prepared; nil while Terraform only
// validates a configuration.
func providerDataOf(data any, diags *diag.Diagnostics) *providerData {
	if data == nil {
		return nil
	}
	provider, ok := data.(*providerData)
	if !ok {
		diags.AddError("Unexpected Provider Data", fmt.Sprintf("The provider passed a %T. Please report this to its developers.", data))
	}
	return provider
}

// canRequest reports whether there is a client for requests. If there is none, it adds the error
// that says why.
func (d *providerData) canRequest(diags *diag.Diagnostics) bool {
	switch {
	case d != nil && d.client != nil:
		return true
	case d != nil && d.missing.HasError():
		diags.Append(d.missing...)
	default:
		diags.AddError("Provider Configuration Is Not Known",
			"A part of the tallyfy provider's configuration depends on something that is known only after apply, so no request can be sent to Tallyfy.\n\n"+
				"Apply what it depends on first (with -target), or set the provider's arguments to values that are known.")
	}
	return false
}

// requireEngine returns the engine, or nil after it has added the error that says why there is
// none.
func (d *providerData) requireEngine(diags *diag.Diagnostics) *completion.Engine {
	if !d.canRequest(diags) {
		return nil
	}
	return d.engine
}

// lacksToken reports whether the access token or a credential is missing, for a plan or a refresh
// that needs it. Only the first call adds the error, because it fails the whole plan.
func (d *providerData) lacksToken(diags *diag.Diagnostics) bool {
	if d == nil || !d.missing.HasError() {
		return false
	}
	if d.missingReported.CompareAndSwap(false, true) {
		diags.Append(d.missing...)
	}
	return true
}

// organization returns the provider's organization for a block of this kind that does not have one;
// null after an error.
func (d *providerData) organization(kind string, diags *diag.Diagnostics) types.String {
	if d.organizationID == "" {
		diags.AddAttributeError(path.Root("organization_id"), "Missing Organization",
			"It is not known which organization to use: neither the "+kind+" nor the provider has an organization_id.\n\n"+
				"Set organization_id in the provider block, or the environment variable "+envOrganization+", or organization_id of this "+kind+".")
		return types.StringNull()
	}
	return types.StringValue(d.organizationID)
}
