// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// This file has the rules that a CLI enforces. A CLI reports a breach as a bug in the provider, so
// it is an error here, not a diagnostic.

// validPlan checks the rule "Provider produced invalid plan": an attribute is planned as it is
// configured, or as it is recorded if it is neither configured as null nor recorded as null. Only a
// computed attribute that is not configured may be planned as anything. A write-only attribute is
// planned as null.
func validPlan(block *tfprotov6.SchemaBlock, prior, config, planned tftypes.Value) error {
	if planned.IsNull() || config.IsNull() {
		if planned.IsNull() != config.IsNull() {
			return fmt.Errorf("invalid plan: %s was configured and planned as %s", config, planned)
		}
		return nil
	}
	before, wanted, then := members(prior), members(config), members(planned)
	for _, attribute := range block.Attributes {
		recorded, configured, planned := before[attribute.Name], wanted[attribute.Name], then[attribute.Name]
		wasNull := prior.IsNull() || recorded.IsNull()
		switch {
		case attribute.WriteOnly:
			if !planned.IsNull() {
				return fmt.Errorf("invalid plan: %s is write-only and was planned as %s", attribute.Name, planned)
			}
		case identical(planned, configured):
		case !configured.IsNull() && !wasNull && identical(planned, recorded):
		case attribute.Computed && (configured.IsNull() || !attribute.Optional):
		default:
			return fmt.Errorf("invalid plan: %s is configured as %s, recorded as %s and planned as %s", attribute.Name, configured, recorded, planned)
		}
	}
	for _, nested := range block.BlockTypes {
		if !identical(then[nested.TypeName], wanted[nested.TypeName]) {
			return fmt.Errorf("invalid plan: block %s is configured as %s and planned as %s", nested.TypeName, wanted[nested.TypeName], then[nested.TypeName])
		}
	}
	return nil
}

// compatible checks the rule of "Provider produced inconsistent final plan" and "inconsistent
// result after apply": the type conforms to the planned type, known values stay equal, and unknown
// values become any value of their type.
func compatible(planned, actual tftypes.Value, path *tftypes.AttributePath) error {
	if isDynamic(planned) {
		return nil // anything goes
	}
	if !conforms(actual.Type(), planned.Type()) {
		return fmt.Errorf("%s: was planned as %s and became a value of the type %s", path, planned, actual.Type())
	}
	switch {
	case !planned.IsKnown() || planned.IsNull() && actual.IsNull():
		return nil
	case !actual.IsKnown() || planned.IsNull() || actual.IsNull():
		return fmt.Errorf("%s: was planned as %s and became %s", path, planned, actual)
	}
	switch planned.Type().(type) {
	case tftypes.Object, tftypes.Map:
		was, is := members(planned), members(actual)
		for _, name := range slices.Sorted(maps.Keys(was)) {
			value, ok := is[name]
			if !ok {
				return fmt.Errorf("%s: %q was planned and vanished", path, name)
			}
			if err := compatible(was[name], value, path.WithElementKeyString(name)); err != nil {
				return err
			}
		}
		if len(is) > len(was) {
			return fmt.Errorf("%s: members were planned as %s and became %s", path, planned, actual)
		}
		return nil
	case tftypes.List, tftypes.Tuple:
		was, is := elements(planned), elements(actual)
		if len(was) != len(is) {
			return fmt.Errorf("%s: %d elements were planned and became %d", path, len(was), len(is))
		}
		for i := range was {
			if err := compatible(was[i], is[i], path.WithElementKeyInt(i)); err != nil {
				return err
			}
		}
		return nil
	case tftypes.Set: // elements have no place by which to compare them
		was, is := elements(planned), elements(actual)
		became := func(was, is tftypes.Value) bool { return compatible(was, is, path) == nil }
		for _, value := range was {
			if !slices.ContainsFunc(is, func(other tftypes.Value) bool { return became(value, other) }) {
				return fmt.Errorf("%s: element %s was planned and vanished", path, value)
			}
		}
		for _, value := range is {
			if !slices.ContainsFunc(was, func(other tftypes.Value) bool { return became(other, value) }) {
				return fmt.Errorf("%s: element %s was not planned", path, value)
			}
		}
		if len(is) > len(was) {
			return fmt.Errorf("%s: %d elements were planned and became %d", path, len(was), len(is))
		}
		return nil
	}
	if !planned.Equal(actual) {
		return fmt.Errorf("%s: was planned as %s and became %s", path, planned, actual)
	}
	return nil
}

// identical reports whether two values are equal and of the same type. A null has a type too.
func identical(a, b tftypes.Value) bool {
	if !a.Type().Equal(b.Type()) || a.IsNull() != b.IsNull() || a.IsKnown() != b.IsKnown() {
		return false
	}
	if a.IsNull() || !a.IsKnown() {
		return true
	}
	switch a.Type().(type) {
	case tftypes.Object, tftypes.Map:
		return maps.EqualFunc(members(a), members(b), identical)
	case tftypes.List, tftypes.Tuple, tftypes.Set: // the protocol sorts a set
		return slices.EqualFunc(elements(a), elements(b), identical)
	}
	return a.Equal(b)
}

// conforms reports whether a value of one type can be what was planned as another:
// DynamicPseudoType stands for any type.
func conforms(actual, planned tftypes.Type) bool {
	switch planned := planned.(type) {
	case tftypes.List:
		actual, ok := actual.(tftypes.List)
		return ok && conforms(actual.ElementType, planned.ElementType)
	case tftypes.Set:
		actual, ok := actual.(tftypes.Set)
		return ok && conforms(actual.ElementType, planned.ElementType)
	case tftypes.Map:
		actual, ok := actual.(tftypes.Map)
		return ok && conforms(actual.ElementType, planned.ElementType)
	case tftypes.Tuple:
		actual, ok := actual.(tftypes.Tuple)
		return ok && slices.EqualFunc(actual.ElementTypes, planned.ElementTypes, conforms)
	case tftypes.Object:
		actual, ok := actual.(tftypes.Object)
		return ok && maps.EqualFunc(actual.AttributeTypes, planned.AttributeTypes, conforms)
	}
	return planned.Is(tftypes.DynamicPseudoType) || planned.Equal(actual)
}

func isDynamic(value tftypes.Value) bool { return value.Type().Is(tftypes.DynamicPseudoType) }

// members returns the members of a known object or map; nil for null.
func members(value tftypes.Value) map[string]tftypes.Value {
	all := map[string]tftypes.Value{}
	must(value.As(&all))
	return all
}

func elements(value tftypes.Value) []tftypes.Value {
	var all []tftypes.Value
	must(value.As(&all))
	return all
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("a value cannot be taken apart: %v", err))
	}
}
