// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	frameworkaction "github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// stringRules is an attribute with the rules of a string.
type stringRules interface{ StringValidators() []validator.String }

// TestTimeoutsRejectWhatIsNotPositive covers every timeout of every block of the provider.
func TestTimeoutsRejectWhatIsNotPositive(t *testing.T) {
	t.Parallel()
	timeouts := map[string]any{}
	for _, create := range (&tallyfyProvider{}).Resources(t.Context()) {
		var schema resource.SchemaResponse
		r := create()
		r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
		block, ok := schema.Schema.Blocks["timeouts"].(resourceschema.SingleNestedBlock)
		addTimeouts(t, timeouts, r, block.Attributes, ok)
	}
	for _, create := range (&tallyfyProvider{}).DataSources(t.Context()) {
		var schema datasource.SchemaResponse
		d := create()
		d.Schema(t.Context(), datasource.SchemaRequest{}, &schema)
		block, ok := schema.Schema.Blocks["timeouts"].(datasourceschema.SingleNestedBlock)
		addTimeouts(t, timeouts, d, block.Attributes, ok)
	}
	for _, create := range (&tallyfyProvider{}).Actions(t.Context()) {
		var schema frameworkaction.SchemaResponse
		a := create()
		a.Schema(t.Context(), frameworkaction.SchemaRequest{}, &schema)
		block, ok := schema.Schema.Blocks["timeouts"].(actionschema.SingleNestedBlock)
		addTimeouts(t, timeouts, a, block.Attributes, ok)
	}
	for _, create := range (&tallyfyProvider{}).ListResources(t.Context()) {
		var schema list.ListResourceSchemaResponse
		l := create()
		l.ListResourceConfigSchema(t.Context(), list.ListResourceSchemaRequest{}, &schema)
		block, ok := schema.Schema.Blocks["timeouts"].(listschema.SingleNestedBlock)
		addTimeouts(t, timeouts, l, block.Attributes, ok)
	}
	for name, attribute := range timeouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules, ok := attribute.(stringRules)
			if !ok {
				t.Fatalf("got %T, want a string", attribute)
			}
			for value, valid := range map[string]bool{"1s": true, "1h30m": true, "0s": false, "-1s": false, "30": false, "soon": false} {
				var resp validator.StringResponse
				for _, rule := range rules.StringValidators() {
					rule.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("timeouts"), ConfigValue: types.StringValue(value)}, &resp)
				}
				if got := !resp.Diagnostics.HasError(); got != valid {
					t.Errorf("%q: accepted: %t, want %t", value, got, valid)
				}
				if !valid && (len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Summary() != "Invalid Duration") {
					t.Errorf("%q: got %v, want one Invalid Duration", value, resp.Diagnostics)
				}
			}
		})
	}
}

// addTimeouts adds the attributes of the timeouts block of owner to all. ok is false if owner has
// no such block.
func addTimeouts[A any](t *testing.T, all map[string]any, owner any, attributes map[string]A, ok bool) {
	t.Helper()
	if !ok || len(attributes) == 0 {
		t.Errorf("%T has no timeouts", owner)
	}
	for name, attribute := range attributes {
		all[fmt.Sprintf("%T %s", owner, name)] = attribute
	}
}
