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

// valueAttributes are the ways to give the values of a form: by id or by name, recorded or write-only.
func valueAttributes() map[string]schema.Attribute {
	const changing = " Changing it reopens the task and completes it again"
	version := func(of string) schema.Int64Attribute {
		return schema.Int64Attribute{
			Optional:   true,
			CustomType: wholeNumberType{},
			MarkdownDescription: "Version of `" + of + "`, any whole number of yours. Number. Terraform cannot see whether a write-only value changed: change this with it." +
				changing + ".",
		}
	}
	return map[string]schema.Attribute{
		"taskdata": schema.DynamicAttribute{
			Optional: true,
			MarkdownDescription: "Values of the fields of the task's form, the API's `taskdata`: an object or a map whose keys are field ids and whose " +
				"values have the shape of the field's type. The form is checked before anything is sent. No default: fields that are not named are left as they are, and `null` clears one, except a table." +
				changing + "; an equal value sends nothing. Conflicts with `form_fields`.",
			Validators: []validator.Dynamic{valuesRule{key: tallyfy.CheckID}},
		},
		"form_fields": schema.DynamicAttribute{
			Optional: true,
			MarkdownDescription: "Values of the fields of the task's form by the names that people know: an object or a map whose keys are labels, aliases or ids of fields, and whose " +
				"values are plain: text, the text of an option, a list of such texts, the URL of a file. The provider gives them the shapes that Tallyfy takes. No default: as with `taskdata`." +
				changing + "; an equal value sends nothing. Conflicts with `taskdata`.",
			Validators: []validator.Dynamic{valuesRule{key: checkFieldName}},
		},
		"taskdata_wo": schema.DynamicAttribute{
			Optional:  true,
			WriteOnly: true,
			MarkdownDescription: "Like `taskdata`, for secrets: sent with it, and recorded in no plan and no state. Needs `taskdata_wo_version`. " +
				"A field must not be in both. Conflicts with `form_fields`. Terraform and OpenTofu 1.11 or later.",
			Validators: []validator.Dynamic{valuesRule{key: tallyfy.CheckID}},
		},
		"taskdata_wo_version": version("taskdata_wo"),
		"form_fields_wo": schema.DynamicAttribute{
			Optional:  true,
			WriteOnly: true,
			MarkdownDescription: "Like `form_fields`, for secrets: sent with it, and recorded in no plan and no state. Needs `form_fields_wo_version`. " +
				"A field must not be in both. Conflicts with `taskdata`. Terraform and OpenTofu 1.11 or later.",
			Validators: []validator.Dynamic{valuesRule{key: checkFieldName}},
		},
		"form_fields_wo_version": version("form_fields_wo"),
	}
}

// openValues fills in the values that are recorded. All must be known.
func (m *taskCompletionModel) openValues(ctx context.Context, want *completion.Desired, diags *diag.Diagnostics) {
	want.Taskdata = knownValues(ctx, m.Taskdata, "taskdata", diags)
	want.FormFields = knownValues(ctx, m.FormFields, "form_fields", diags)
	want.SecretTaskdataVersion = m.TaskdataWOVersion.ValueInt64Pointer()
	want.SecretFormFieldsVersion = m.FormFieldsWOVersion.ValueInt64Pointer()
}

// addSecrets fills in the write-only values, which only the configuration has. It asks for them alone, since taking a whole
// configuration apart is the most that a completion costs here.
func addSecrets(ctx context.Context, from tfsdk.Config, want *completion.Desired, diags *diag.Diagnostics) {
	secret := func(attribute string) map[string]any {
		var values types.Dynamic
		diags.Append(from.GetAttribute(ctx, path.Root(attribute), &values)...)
		return knownValues(ctx, values, attribute, diags)
	}
	want.SecretTaskdata, want.SecretFormFields = secret("taskdata_wo"), secret("form_fields_wo")
}

func knownValues(ctx context.Context, values types.Dynamic, attribute string, diags *diag.Diagnostics) map[string]any {
	known, err := valuesOf(ctx, values)
	if err != nil {
		diags.AddAttributeError(path.Root(attribute), "Invalid Field Values", fmt.Sprintf("%s cannot be used: %s.", attribute, err))
	}
	return known
}
