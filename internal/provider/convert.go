// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// textOrNull returns a string; null for the empty one.
func textOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// numberOrNull returns a number; null for 0.
func numberOrNull(n int64) types.Int64 {
	if n == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(n)
}

// jsonOrNull returns JSON text as a value; null for an empty text.
func jsonOrNull(s string) jsontypes.Normalized {
	if s == "" {
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(s)
}

// jsonValue returns a decoded JSON value as JSON text; null for nil.
func jsonValue(value any) jsontypes.Normalized {
	if value == nil {
		return jsontypes.NewNormalizedNull()
	}
	written, err := json.Marshal(value)
	if err != nil { // impossible for a value decoded from JSON
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(string(written))
}

// attrOf returns the Terraform value of a string, a json.Number, a []any or a map[string]any; null
// for any other value.
func attrOf(ctx context.Context, value any) attr.Value {
	switch value := value.(type) {
	case string:
		return types.StringValue(value)
	case json.Number:
		number, _, err := big.ParseFloat(value.String(), 10, completion.NumberPrecision, big.ToNearestEven)
		if err != nil { // impossible for a value decoded from JSON
			return types.StringValue(value.String())
		}
		return types.NumberValue(number)
	case []any:
		elements, kinds := []attr.Value{}, []attr.Type{}
		for _, element := range value {
			one := attrOf(ctx, element)
			elements, kinds = append(elements, one), append(kinds, one.Type(ctx))
		}
		return types.TupleValueMust(kinds, elements)
	case map[string]any:
		members, kinds := map[string]attr.Value{}, map[string]attr.Type{}
		for name, member := range value {
			members[name] = attrOf(ctx, member)
			kinds[name] = members[name].Type(ctx)
		}
		return types.ObjectValueMust(kinds, members)
	}
	return types.DynamicNull()
}

// setIfUnknown sets an attribute that the plan has left unknown.
func setIfUnknown[V interface{ IsUnknown() bool }](attribute *V, value V) {
	if (*attribute).IsUnknown() {
		*attribute = value
	}
}

// unlessUnknown returns the pointer to a value; nil if the value is unknown, because the framework
// then returns a pointer to a zero value.
func unlessUnknown[T any](value attr.Value, pointer *T) *T {
	if value.IsUnknown() {
		return nil
	}
	return pointer
}
