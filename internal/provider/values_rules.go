// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

var _ validator.Dynamic = valuesRule{}

// valuesRule rejects what cannot be the values of a form.
type valuesRule struct {
	key func(string) error // returns what is wrong with a key
}

// checkFieldName returns an error that completes a sentence if s cannot be a label, an alias or an
// ID.
func checkFieldName(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("it is empty")
	}
	return nil
}

// Description returns the rule.
func (valuesRule) Description(context.Context) string {
	return "must be an object or a map whose keys name fields of the form"
}

// MarkdownDescription returns the rule.
func (r valuesRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateDynamic applies the rule. It also checks the keys of values that are not known yet.
func (r valuesRule) ValidateDynamic(ctx context.Context, req validator.DynamicRequest, resp *validator.DynamicResponse) {
	_, err := valuesOf(ctx, req.ConfigValue)
	if err != nil && !errors.Is(err, errUnknown) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Field Values", fmt.Sprintf("%s cannot be used: %s.", req.Path, err))
		return
	}
	for _, key := range keysOf(req.ConfigValue) {
		if err := r.key(key); err != nil {
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(key), "Invalid Field Name",
				fmt.Sprintf("The key %q of %s cannot name a field: %s. The keys of taskdata are field IDs of 32 hexadecimal digits; form_fields also accepts labels and aliases.", key, req.Path, err))
		}
	}
}

// keysOf returns the sorted keys of the values of a form; none while the whole value is unknown.
func keysOf(taskdata types.Dynamic) []string {
	var keys []string
	switch fields := taskdata.UnderlyingValue().(type) {
	case basetypes.ObjectValue:
		for key := range fields.Attributes() {
			keys = append(keys, key)
		}
	case basetypes.MapValue:
		for key := range fields.Elements() {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
