// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	frameworkaction "github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ValidateConfig rejects values that are set both by ID and by name.
func (a *completeTaskAction) ValidateConfig(ctx context.Context, req frameworkaction.ValidateConfigRequest, resp *frameworkaction.ValidateConfigResponse) {
	var config completeTaskModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); !resp.Diagnostics.HasError() {
		config.checkValues(&resp.Diagnostics)
	}
}

// checkValues rejects values that are set both by ID and by name.
func (m *completeTaskModel) checkValues(diags *diag.Diagnostics) {
	checkOneWay(map[string]types.Dynamic{"taskdata": m.Taskdata, "form_fields": m.FormFields}, diags)
}

// validate checks a configuration once more before the action is invoked. Terraform validates the
// configuration of an action only while its values may be unknown, unlike that of a resource.
func (a *completeTaskAction) validate(ctx context.Context, config tfsdk.Config, model *completeTaskModel) (diags diag.Diagnostics) {
	var declared frameworkaction.SchemaResponse
	a.Schema(ctx, frameworkaction.SchemaRequest{}, &declared)
	for name, attribute := range declared.Schema.Attributes {
		validateAttribute(ctx, config, path.Root(name), attribute, &diags)
	}
	if timeouts, ok := declared.Schema.Blocks["timeouts"].(schema.SingleNestedBlock); ok && !model.Timeouts.IsNull() {
		for name, attribute := range timeouts.Attributes {
			validateAttribute(ctx, config, path.Root("timeouts").AtName(name), attribute, &diags)
		}
	}
	model.checkValues(&diags)
	return diags
}

// validateAttribute runs the validators of an attribute, as the framework does. A required
// attribute that is null is validated as an empty one.
func validateAttribute(ctx context.Context, config tfsdk.Config, at path.Path, attribute schema.Attribute, diags *diag.Diagnostics) {
	switch attribute := attribute.(type) {
	case schema.StringAttribute:
		var value types.String
		diags.Append(config.GetAttribute(ctx, at, &value)...)
		if attribute.Required && value.IsNull() {
			value = types.StringValue("")
		}
		for _, v := range attribute.Validators {
			var resp validator.StringResponse
			v.ValidateString(ctx, validator.StringRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: value}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.Int64Attribute:
		var value wholeNumber
		diags.Append(config.GetAttribute(ctx, at, &value)...)
		var fits xattr.ValidateAttributeResponse
		value.ValidateAttribute(ctx, xattr.ValidateAttributeRequest{Path: at}, &fits)
		diags.Append(fits.Diagnostics...)
		for _, v := range attribute.Validators {
			var resp validator.Int64Response
			v.ValidateInt64(ctx, validator.Int64Request{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: value.Int64Value}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.DynamicAttribute:
		var value types.Dynamic
		diags.Append(config.GetAttribute(ctx, at, &value)...)
		for _, v := range attribute.Validators {
			var resp validator.DynamicResponse
			v.ValidateDynamic(ctx, validator.DynamicRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: value}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	}
}
