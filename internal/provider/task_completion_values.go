// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// valueAttributes returns the attributes for the values of a form: by ID or by name, recorded or
// write-only.
func valueAttributes() map[string]schema.Attribute {
	const changing = " Changing this reopens the task and completes it again"
	version := func(of string) schema.Int64Attribute {
		return schema.Int64Attribute{
			Optional:   true,
			CustomType: wholeNumberType{},
			MarkdownDescription: "The version of `" + of + "`, a whole number that you change together with it, because Terraform cannot compare write-only values." +
				changing + ".",
		}
	}
	return map[string]schema.Attribute{
		"taskdata": schema.DynamicAttribute{
			Optional: true,
			MarkdownDescription: "The values of the form by the IDs of their fields, in the shapes of the API: an object or a map. " +
				"Fields that are not named keep their values, and `null` clears one, except a table. Conflicts with `form_fields`." +
				changing + ".",
			Validators: []validator.Dynamic{valuesRule{key: tallyfy.CheckID}},
		},
		"form_fields": schema.DynamicAttribute{
			Optional: true,
			MarkdownDescription: "The values of the form by the labels, aliases or IDs of their fields, as plain values: an object or a map. " +
				"Fields that are not named keep their values, and `null` clears one, except a table. Conflicts with `taskdata`." +
				changing + ".",
			Validators: []validator.Dynamic{valuesRule{key: checkFieldName}},
		},
		"taskdata_wo": schema.DynamicAttribute{
			Optional:  true,
			WriteOnly: true,
			MarkdownDescription: "Like `taskdata`, but never stored in the state or in a plan. Requires `taskdata_wo_version`, and Terraform or OpenTofu 1.11. " +
				"Conflicts with `form_fields`.",
			Validators: []validator.Dynamic{valuesRule{key: tallyfy.CheckID}},
		},
		"taskdata_wo_version": version("taskdata_wo"),
		"form_fields_wo": schema.DynamicAttribute{
			Optional:  true,
			WriteOnly: true,
			MarkdownDescription: "Like `form_fields`, but never stored in the state or in a plan. Requires `form_fields_wo_version`, and Terraform or OpenTofu 1.11. " +
				"Conflicts with `taskdata`.",
			Validators: []validator.Dynamic{valuesRule{key: checkFieldName}},
		},
		"form_fields_wo_version": version("form_fields_wo"),
	}
}

// openValues sets the values that the state records. All of them must be known.
func (m *taskCompletionModel) openValues(ctx context.Context, want *completion.Desired, diags *diag.Diagnostics) {
	want.Taskdata = knownValues(ctx, m.Taskdata, "taskdata", diags)
	want.FormFields = knownValues(ctx, m.FormFields, "form_fields", diags)
	want.SecretTaskdataVersion = m.TaskdataWOVersion.ValueInt64Pointer()
	want.SecretFormFieldsVersion = m.FormFieldsWOVersion.ValueInt64Pointer()
}

// addSecrets sets the write-only values, which only the configuration has. It reads only these
// attributes, because decoding the whole configuration would be the most expensive step of a
// completion in this package.
func addSecrets(ctx context.Context, from tfsdk.Config, want *completion.Desired, diags *diag.Diagnostics) {
	secret := func(attribute string) map[string]any {
		var values types.Dynamic
		diags.Append(from.GetAttribute(ctx, path.Root(attribute), &values)...)
		return knownValues(ctx, values, attribute, diags)
	}
	want.SecretTaskdata, want.SecretFormFields = secret("taskdata_wo"), secret("form_fields_wo")
}

// knownValues returns the values of an attribute. Unknown values are an error.
func knownValues(ctx context.Context, values types.Dynamic, attribute string, diags *diag.Diagnostics) map[string]any {
	known, err := valuesOf(ctx, values)
	if err != nil {
		diags.AddAttributeError(path.Root(attribute), "Invalid Field Values", fmt.Sprintf("%s cannot be used: %s.", attribute, err))
	}
	return known
}
