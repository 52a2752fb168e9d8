// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// encoder converts JSON values to values of Terraform.
type encoder struct {
	// alike prefers maps and lists, if the elements have one type.
	alike bool
	// hide is the index of the value that becomes unknown; negative for none.
	hide int
	// count is the number of values that were converted.
	count int
}

func (e *encoder) value(v any) tftypes.Value {
	number := e.count
	e.count++
	value := e.known(v)
	if number == e.hide {
		return tftypes.NewValue(value.Type(), tftypes.UnknownValue)
	}
	return value
}

func (e *encoder) known(v any) tftypes.Value {
	switch v := v.(type) {
	case string:
		return tftypes.NewValue(tftypes.String, v)
	case bool:
		return tftypes.NewValue(tftypes.Bool, v)
	case json.Number:
		return tftypes.NewValue(tftypes.Number, parsed(v))
	case []any:
		elements := make([]tftypes.Value, len(v))
		kinds := make([]tftypes.Type, len(v))
		for i, element := range v {
			elements[i] = e.value(element)
			kinds[i] = elements[i].Type()
		}
		if kind := common(kinds); e.alike && kind != nil {
			for i := range elements {
				elements[i] = as(kind, elements[i])
			}
			return tftypes.NewValue(tftypes.List{ElementType: kind}, elements)
		}
		return tftypes.NewValue(tftypes.Tuple{ElementTypes: kinds}, elements)
	case map[string]any:
		members := make(map[string]tftypes.Value, len(v))
		attributes := make(map[string]tftypes.Type, len(v))
		var kinds []tftypes.Type
		for _, key := range slices.Sorted(maps.Keys(v)) { // sorted, so that the same value is hidden each time
			members[key] = e.value(v[key])
			attributes[key] = members[key].Type()
			kinds = append(kinds, attributes[key])
		}
		if kind := common(kinds); e.alike && kind != nil {
			for key := range members {
				members[key] = as(kind, members[key])
			}
			return tftypes.NewValue(tftypes.Map{ElementType: kind}, members)
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: attributes}, members)
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
}

// common returns the type of all values except nulls, which may have any type; nil if there is
// none.
func common(kinds []tftypes.Type) tftypes.Type {
	var found tftypes.Type
	for _, kind := range kinds {
		switch {
		case kind.Is(tftypes.DynamicPseudoType):
		case found == nil:
			found = kind
		case !found.Equal(kind):
			return nil
		}
	}
	if found == nil {
		return tftypes.String
	}
	return found
}

// as returns a null or an unknown value with the type of its neighbours.
func as(kind tftypes.Type, value tftypes.Value) tftypes.Value {
	switch {
	case !value.Type().Is(tftypes.DynamicPseudoType):
		return value
	case value.IsKnown():
		return tftypes.NewValue(kind, nil)
	}
	return tftypes.NewValue(kind, tftypes.UnknownValue)
}

// dynamic returns the value as the framework passes it to the provider.
func dynamic(t *testing.T, value tftypes.Value) types.Dynamic {
	t.Helper()
	got, err := types.DynamicType.ValueFromTerraform(t.Context(), value)
	if err != nil {
		t.Fatal(err)
	}
	return got.(types.Dynamic) //nolint:errcheck,forcetypeassert // a panic is a failure
}

// asSent returns the value after it was encoded and decoded by the protocol.
func asSent(t *testing.T, value tftypes.Value) tftypes.Value {
	t.Helper()
	sent, err := tfprotov6.NewDynamicValue(tftypes.DynamicPseudoType, value)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sent.Unmarshal(tftypes.DynamicPseudoType)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// asSentBefore18 is asSent of Terraform up to 1.7, which sent each number that fits a double as a
// double.
func asSentBefore18(t *testing.T, value tftypes.Value) tftypes.Value {
	t.Helper()
	got, err := tftypes.Transform(value, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		var n big.Float
		if !v.Type().Is(tftypes.Number) || !v.IsKnown() || v.IsNull() {
			return v, nil
		}
		if err := v.As(&n); err != nil {
			return v, err
		}
		if double, accuracy := n.Float64(); accuracy == big.Exact {
			return tftypes.NewValue(tftypes.Number, big.NewFloat(double)), nil
		}
		return v, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// asDoubles returns v with the digits of doubles for fractions that the protocol converts to
// doubles.
func asDoubles(v any) any {
	return eachNumber(v, func(n json.Number) any {
		if double, accuracy := parsed(n).Float64(); accuracy == big.Exact && !parsed(n).IsInt() {
			return json.Number(strconv.FormatFloat(double, 'f', -1, 64))
		}
		return n
	})
}

// exactly returns v with its numbers as fractions. It is not ok if they are too long for Terraform
// to distinguish them exactly.
func exactly(v any) (exact any, ok bool) {
	type fraction string
	ok = true
	exact = eachNumber(v, func(n json.Number) any {
		r, read := new(big.Rat), len(n) < 100 && !parsed(n).IsInf()
		if read {
			_, read = r.SetString(n.String())
		}
		ok = ok && read
		return fraction(r.String())
	})
	return exact, ok
}

// parsed returns a number as Terraform parses it.
func parsed(n json.Number) *big.Float {
	f, _, err := big.ParseFloat(n.String(), 10, completion.NumberPrecision, big.ToNearestEven)
	if err != nil {
		return new(big.Float).SetInf(false)
	}
	return f
}

// decoded decodes JSON as the provider does. It is not ok for numbers whose digits would fill the
// memory.
func decoded(body []byte) (v any, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if !json.Valid(body) || decoder.Decode(&v) != nil {
		return nil, false
	}
	ok = true
	eachNumber(v, func(n json.Number) any {
		f, _, err := big.ParseFloat(n.String(), 10, completion.NumberPrecision, big.ToNearestEven)
		ok = ok && err == nil && f.MantExp(nil) < 4*plainDigits && f.MantExp(nil) > -4*plainDigits
		return nil
	})
	return v, ok
}

// eachNumber returns v with change applied to its numbers.
func eachNumber(v any, change func(json.Number) any) any {
	switch v := v.(type) {
	case json.Number:
		return change(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = eachNumber(v[i], change)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			object[key] = eachNumber(v[key], change)
		}
		return object
	}
	return v
}
