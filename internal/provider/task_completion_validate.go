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

// ValidateConfig refuses values that exclude or need each other. Null counts as not given, with or without a type, as modules pass it
// on. What is known only after apply may be null then, so nothing is said of it: Terraform validates again before it applies.
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
		checkGivenOnce(open, values[open], secret, values[secret], &resp.Diagnostics)
	}
}

// checkOneWay refuses values that are given both by ID and by name.
func checkOneWay(values map[string]types.Dynamic, diags *diag.Diagnostics) {
	given := func(attributes ...string) []string {
		return slices.DeleteFunc(attributes, func(attribute string) bool { return !isGiven(values[attribute]) })
	}
	byID, byName := given("taskdata", "taskdata_wo"), given("form_fields", "form_fields_wo")
	if len(byID) > 0 && len(byName) > 0 {
		all := slices.Concat(byID, byName)
		diags.AddAttributeError(path.Root(byName[0]), "Invalid Attribute Combination", fmt.Sprintf(
			"%s cannot be used together: taskdata and taskdata_wo name fields by ID, form_fields and form_fields_wo by label or alias, and one block does either.\n\n"+
				"Remove %s or %s, or set what the block does not use to null.", strings.Join(all, " and "), strings.Join(byID, " and "), strings.Join(byName, " and ")))
	}
}

// checkVersion refuses a secret without a version, and a version without a secret.
func checkVersion(secret string, value types.Dynamic, version string, number wholeNumber, diags *diag.Diagnostics) {
	switch {
	case isGiven(value) && number.IsNull():
		diags.AddAttributeError(path.Root(secret), "Invalid Attribute Combination", fmt.Sprintf(
			"%s needs %s: Terraform does not record write-only values, and so does not see whether they change.\n\n"+
				"Set %s to a number, and change it together with %s.", secret, version, version, secret))
	case isNull(value) && !number.IsNull() && !number.IsUnknown():
		diags.AddAttributeError(path.Root(version), "Invalid Attribute Combination", fmt.Sprintf(
			"%s is set, and %s is null: there is no secret to send.\n\n"+
				"Give %s a value, or set %s to null too.", version, secret, secret, version))
	}
}

// checkGivenOnce refuses a field that is given both openly and as a secret.
func checkGivenOnce(open string, recorded types.Dynamic, secret string, hidden types.Dynamic, diags *diag.Diagnostics) {
	given := keysOf(recorded)
	for _, key := range keysOf(hidden) {
		if slices.Contains(given, key) {
			diags.AddAttributeError(path.Root(secret).AtMapKey(key), "Form Field Given Twice",
				fmt.Sprintf("%s and %s both have a value for %q. Keep it in one of them.", open, secret, key))
		}
	}
}

// isNull reports whether there is no value. A null may have a type.
func isNull(value types.Dynamic) bool { return value.IsNull() || value.IsUnderlyingValueNull() }

// isUnknown reports whether the whole value is known only after apply, and may be null then. Its type may be known.
func isUnknown(value types.Dynamic) bool {
	return value.IsUnknown() || value.IsUnderlyingValueUnknown()
}

// isGiven reports whether there is a value, of which parts may be unknown.
func isGiven(value types.Dynamic) bool { return !isNull(value) && !isUnknown(value) }
