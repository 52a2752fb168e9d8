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
	// errUnknown says that a value, or one inside of it, is known only after apply.
	errUnknown = errors.New("the value is not known yet")
	// errNoFields says that a value cannot hold fields.
	errNoFields = errors.New("it must be an object or a map whose keys name fields of the form, such as { \"<field>\" = \"vpc-0a1b2c\" }")
	// errEncoded says that a value holds fields, but as text.
	errEncoded = errors.New("it must be an object or a map, and it is a text that holds a JSON object. Leave jsonencode out, or decode the text with jsondecode")
)

// valuesOf gives the values of a form as JSON by the names of their fields, nil where none are configured. The error is errUnknown,
// or says what they must be.
func valuesOf(ctx context.Context, taskdata types.Dynamic) (map[string]any, error) {
	if isNull(taskdata) {
		return nil, nil // none is a fine value
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
		return nil, fmt.Errorf("it became %T in place of an object", value)
	}
	return fields, nil
}

// jsonOf gives a value as encoding/json would decode it with UseNumber: nil, bool, string, json.Number, []any, map[string]any.
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
		return nil, nil // JSON's null
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
		for _, key := range slices.Sorted(maps.Keys(members)) { // so that the same error is found each time
			v, err := jsonOfRaw(members[key])
			if err != nil {
				return nil, err
			}
			object[key] = v
		}
		return object, nil
	}
	return nil, fmt.Errorf("values of type %s have no JSON", typ)
}

// plainDigits is the largest exponent, in bits, of a number that is written without one: 1e6 read by PHP is a float, 1000000 an
// int, and ids are ints. Beyond it no id lies, and the digits would only fill memory.
const plainDigits = 1024

// numberOf writes a number with all the digits it has.
func numberOf(n *big.Float) (json.Number, error) {
	if n.IsInf() { // as 1/0 is
		return "", errors.New("it holds an infinite number, and JSON has none")
	}
	if n.IsInt() && n.Prec() < completion.NumberPrecision { // as a double, in which Terraform up to 1.7 sends 2^70: its shortest digits are not all
		n = new(big.Float).SetPrec(completion.NumberPrecision).Set(n)
	}
	if exponent := n.MantExp(nil); exponent > plainDigits || exponent < -plainDigits {
		return json.Number(n.Text('g', -1)), nil
	}
	return json.Number(n.Text('f', -1)), nil
}

// plannedValues gives what is known of values while planning: those that are known only after apply, in whole or in part, are
// [completion.Unknown]. It is empty where nothing is known, or nothing is configured.
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
