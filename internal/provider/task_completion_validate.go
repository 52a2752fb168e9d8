// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ resource.ResourceWithValidateConfig = (*taskCompletionResource)(nil)

// ValidateConfig rejects values that exclude or require each other. A null counts as not set, with
// or without a type, because modules pass nulls on. A value that is known only after apply may then
// be null, so it is not an error: Terraform validates again before it applies.
func (r *taskCompletionResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	values := map[string]types.Dynamic{}
	for _, attribute := range []string{"taskdata", "taskdata_wo", "form_fields", "form_fields_wo"} {
		var value types.Dynamic
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attribute), &value)...)
		values[attribute] = value
	}
	versions := map[string]wholeNumber{}
	for _, attribute := range []string{"taskdata_wo_version", "form_fields_wo_version"} {
		var version wholeNumber
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attribute), &version)...)
		versions[attribute] = version
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.expect(ctx, req.Config, &resp.Diagnostics)
	checkOneWay(values, &resp.Diagnostics)
	for _, open := range []string{"taskdata", "form_fields"} {
		secret := open + "_wo"
		version := secret + "_version"
		checkVersion(secret, values[secret], version, versions[version], &resp.Diagnostics)
		checkSetOnce(open, values[open], secret, values[secret], &resp.Diagnostics)
	}
}

// checkOneWay rejects values that are set both by ID and by name.
func checkOneWay(values map[string]types.Dynamic, diags *diag.Diagnostics) {
	given := func(attributes ...string) []string {
		return slices.DeleteFunc(attributes, func(attribute string) bool { return !isSet(values[attribute]) })
	}
	byID, byName := given("taskdata", "taskdata_wo"), given("form_fields", "form_fields_wo")
	if len(byID) > 0 && len(byName) > 0 {
		all := slices.Concat(byID, byName)
		diags.AddAttributeError(path.Root(byName[0]), "Invalid Attribute Combination", fmt.Sprintf(
			"%s cannot be used together: taskdata and taskdata_wo name fields by ID, form_fields and form_fields_wo by label or alias, and a block uses one of the two ways.\n\n"+
				"Remove %s or %s, or set what the block does not use to null.", strings.Join(all, " and "), strings.Join(byID, " and "), strings.Join(byName, " and ")))
	}
}

// checkVersion rejects a secret without a version, and a version without a secret.
func checkVersion(secret string, value types.Dynamic, version string, number wholeNumber, diags *diag.Diagnostics) {
	switch {
	case isSet(value) && number.IsNull():
		diags.AddAttributeError(path.Root(secret), "Invalid Attribute Combination", fmt.Sprintf(
			"%s requires %s, because Terraform does not record write-only values and cannot see whether they change.\n\n"+
				"Set %s to a number, and change it together with %s.", secret, version, version, secret))
	case isNull(value) && !number.IsNull() && !number.IsUnknown():
		diags.AddAttributeError(path.Root(version), "Invalid Attribute Combination", fmt.Sprintf(
			"%s is set, and %s is null: there is no secret to send.\n\n"+
				"Set %s to a value, or set %s to null too.", version, secret, secret, version))
	}
}

// checkSetOnce rejects a field that is set both in plain text and as a secret.
func checkSetOnce(open string, recorded types.Dynamic, secret string, hidden types.Dynamic, diags *diag.Diagnostics) {
	given := keysOf(recorded)
	for _, key := range keysOf(hidden) {
		if slices.Contains(given, key) {
			diags.AddAttributeError(path.Root(secret).AtMapKey(key), "Form Field Is Set Twice",
				fmt.Sprintf("%s and %s both have a value for %q. Keep it in one of them.", open, secret, key))
		}
	}
}
