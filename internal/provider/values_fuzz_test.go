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

// held makes of a JSON value what Terraform holds of it.
type held struct {
	// alike prefers maps and lists, where the elements allow.
	alike bool
	// hide makes the value of this number unknown; negative for none.
	hide int
	// count is how many values there are.
	count int
}

func (h *held) value(v any) tftypes.Value {
	number := h.count
	h.count++
	value := h.known(v)
	if number == h.hide {
		return tftypes.NewValue(value.Type(), tftypes.UnknownValue)
	}
	return value
}

func (h *held) known(v any) tftypes.Value {
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
			elements[i] = h.value(element)
			kinds[i] = elements[i].Type()
		}
		if kind := common(kinds); h.alike && kind != nil {
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
		for _, key := range slices.Sorted(maps.Keys(v)) { // the same one is hidden each time
			members[key] = h.value(v[key])
			attributes[key] = members[key].Type()
			kinds = append(kinds, attributes[key])
		}
		if kind := common(kinds); h.alike && kind != nil {
			for key := range members {
				members[key] = as(kind, members[key])
			}
			return tftypes.NewValue(tftypes.Map{ElementType: kind}, members)
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: attributes}, members)
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
}

// common is the type that all of them have but those of null, which can have any; nil if there is none.
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

// as gives a null, known or not, the type of its neighbours.
func as(kind tftypes.Type, value tftypes.Value) tftypes.Value {
	switch {
	case !value.Type().Is(tftypes.DynamicPseudoType):
		return value
	case value.IsKnown():
		return tftypes.NewValue(kind, nil)
	}
	return tftypes.NewValue(kind, tftypes.UnknownValue)
}

// dynamic is the value as the framework hands it over.
func dynamic(t *testing.T, value tftypes.Value) types.Dynamic {
	t.Helper()
	got, err := types.DynamicType.ValueFromTerraform(t.Context(), value)
	if err != nil {
		t.Fatal(err)
	}
	return got.(types.Dynamic) //nolint:errcheck,forcetypeassert // a panic is a failure
}

// asSent is the value after the protocol.
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

// asSentBefore18 is the value after the protocol as Terraform up to 1.7 spoke it: what fits a double came as one, whole or not.
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

// asDoubles writes fractions that the protocol makes doubles of with a double's digits.
func asDoubles(v any) any {
	return eachNumber(v, func(n json.Number) any {
		if double, accuracy := parsed(n).Float64(); accuracy == big.Exact && !parsed(n).IsInt() {
			return json.Number(strconv.FormatFloat(double, 'f', -1, 64))
		}
		return n
	})
}

// exactly gives v with its numbers as fractions, where they are short enough for Terraform to hold them exactly apart.
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

// parsed reads a number as Terraform does.
func parsed(n json.Number) *big.Float {
	f, _, err := big.ParseFloat(n.String(), 10, completion.NumberPrecision, big.ToNearestEven)
	if err != nil {
		return new(big.Float).SetInf(false)
	}
	return f
}

// decoded reads JSON as the provider does. It is not ok for what nobody can hold: numbers whose digits fill the memory.
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

// eachNumber gives v with change applied to its numbers.
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
