// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

var (
	// errUnknown means that a value, or a part of it, is known only after apply.
	errUnknown = errors.New("the value is not known yet")
	// errNoFields means that a value cannot contain fields.
	errNoFields = errors.New("it must be an object or a map whose keys name fields of the form, such as { \"<field>\" = \"vpc-0a1b2c\" }")
	// errEncoded means that a value contains fields, but as text.
	errEncoded = errors.New("it must be an object or a map, but it is a string that contains a JSON object. Leave out jsonencode, or decode the string with jsondecode")
)

// valuesOf returns the values of a form by the names of their fields, decoded as [jsonOf] does; nil
// if none are configured. The error is errUnknown, or completes a sentence about the values.
func valuesOf(ctx context.Context, taskdata types.Dynamic) (map[string]any, error) {
	if isNull(taskdata) {
		return nil, nil
	}
	if isUnknown(taskdata) {
		return nil, errUnknown
	}
	switch given := taskdata.UnderlyingValue().(type) {
	case basetypes.ObjectValue, basetypes.MapValue:
	case basetypes.StringValue:
		var fields map[string]any
		if json.Unmarshal([]byte(given.ValueString()), &fields) == nil && fields != nil {
			return nil, errEncoded
		}
		return nil, errNoFields
	default:
		return nil, errNoFields
	}
	value, err := jsonOf(ctx, taskdata.UnderlyingValue())
	if err != nil {
		return nil, err
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("got %T, want an object", value)
	}
	return fields, nil
}

// jsonOf returns a value as encoding/json decodes it with UseNumber: nil, bool, string,
// json.Number, []any or map[string]any. The error is errUnknown if a part of it is unknown.
func jsonOf(ctx context.Context, value attr.Value) (any, error) {
	raw, err := value.ToTerraformValue(ctx)
	if err != nil {
		return nil, err
	}
	return jsonOfRaw(raw)
}

func jsonOfRaw(raw tftypes.Value) (any, error) {
	if !raw.IsKnown() {
		return nil, errUnknown
	}
	if raw.IsNull() {
		return nil, nil
	}
	typ := raw.Type()
	switch {
	case typ.Is(tftypes.String):
		var s string
		err := raw.As(&s)
		return s, err
	case typ.Is(tftypes.Bool):
		var b bool
		err := raw.As(&b)
		return b, err
	case typ.Is(tftypes.Number):
		var n big.Float
		if err := raw.As(&n); err != nil {
			return nil, err
		}
		return numberOf(&n)
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Set{}), typ.Is(tftypes.Tuple{}):
		var elements []tftypes.Value
		if err := raw.As(&elements); err != nil {
			return nil, err
		}
		list := make([]any, 0, len(elements))
		for _, element := range elements {
			v, err := jsonOfRaw(element)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case typ.Is(tftypes.Map{}), typ.Is(tftypes.Object{}):
		var members map[string]tftypes.Value
		if err := raw.As(&members); err != nil {
			return nil, err
		}
		object := make(map[string]any, len(members))
		for _, key := range slices.Sorted(maps.Keys(members)) { // sorted, so that the error is the same each time
			v, err := jsonOfRaw(members[key])
			if err != nil {
				return nil, err
			}
			object[key] = v
		}
		return object, nil
	}
	return nil, fmt.Errorf("values of type %s cannot be written as JSON", typ)
}

// plainDigits is the largest binary exponent of a number that is written without an exponent. PHP
// reads 1e6 as a float and 1000000 as an int, which IDs are. No ID is larger, and the digits would
// only fill memory.
const plainDigits = 1024

// numberOf returns a number with all of its digits.
func numberOf(n *big.Float) (json.Number, error) {
	if n.IsInf() { // such as 1/0
		return "", errors.New("it contains an infinite number, which JSON cannot represent")
	}
	if n.IsInt() && n.Prec() < completion.NumberPrecision { // Terraform up to 1.7 sends 2^70 as a double, whose shortest digits are not all of its digits
		n = new(big.Float).SetPrec(completion.NumberPrecision).Set(n)
	}
	if exponent := n.MantExp(nil); exponent > plainDigits || exponent < -plainDigits {
		return json.Number(n.Text('g', -1)), nil
	}
	return json.Number(n.Text('f', -1)), nil
}

// plannedValues returns the values as far as they are known while planning. A value of which a part
// is known only after apply is [completion.Unknown]. The result is empty if nothing is known or
// configured.
func plannedValues(ctx context.Context, values types.Dynamic) map[string]any {
	var members map[string]attr.Value
	switch fields := values.UnderlyingValue().(type) {
	case basetypes.ObjectValue:
		members = fields.Attributes()
	case basetypes.MapValue:
		members = fields.Elements()
	}
	planned := map[string]any{}
	for key, member := range members {
		value, err := jsonOf(ctx, member)
		if err != nil {
			value = completion.Unknown{}
		}
		planned[key] = value
	}
	return planned
}

// isNull reports whether there is no value. A null may have a type.
func isNull(value types.Dynamic) bool { return value.IsNull() || value.IsUnderlyingValueNull() }

// isUnknown reports whether the whole value is known only after apply, and may be null then. Its
// type may be known.
func isUnknown(value types.Dynamic) bool {
	return value.IsUnknown() || value.IsUnderlyingValueUnknown()
}

// isSet reports whether there is a value, of which parts may be unknown.
func isSet(value types.Dynamic) bool { return !isNull(value) && !isUnknown(value) }
