// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	dynamic = tftypes.DynamicPseudoType
	listed  = tftypes.List{ElementType: tftypes.String}
	sets    = tftypes.Set{ElementType: tftypes.String}
	mapped  = tftypes.Map{ElementType: tftypes.String}
)

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func unknown(kind tftypes.Type) tftypes.Value { return tftypes.NewValue(kind, tftypes.UnknownValue) }

func null(kind tftypes.Type) tftypes.Value { return tftypes.NewValue(kind, nil) }

// objectOf returns an object with one member, a.
func objectOf(a tftypes.Value) tftypes.Value {
	return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": a.Type()}}, map[string]tftypes.Value{"a": a})
}

// collection returns a value of this kind: a list, a set or a tuple.
func collection(kind tftypes.Type, elements ...tftypes.Value) tftypes.Value {
	return tftypes.NewValue(kind, elements)
}

func mapOf(a tftypes.Value) tftypes.Value {
	return tftypes.NewValue(mapped, map[string]tftypes.Value{"a": a})
}

func TestCompatible(t *testing.T) {
	t.Parallel()
	pair := tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.String, tftypes.String}}
	for name, c := range map[string]struct {
		planned, actual tftypes.Value
		want            bool
	}{
		"the same":                        {text("x"), text("x"), true},
		"another text":                    {text("x"), text("y"), false},
		"unknown, then any":               {unknown(tftypes.String), text("y"), true},
		"unknown, then null":              {unknown(tftypes.String), null(tftypes.String), true},
		"unknown, then of another type":   {unknown(tftypes.String), tftypes.NewValue(tftypes.Number, 1), false},
		"of unknown type, then any":       {unknown(dynamic), mapOf(text("y")), true},
		"null, then a value":              {null(tftypes.String), text("x"), false},
		"a value, then null":              {text("x"), null(tftypes.String), false},
		"known, then unknown":             {text("x"), unknown(tftypes.String), false},
		"a typed null, then without type": {null(mapped), null(dynamic), false},
		"an object, then a map":           {objectOf(unknown(tftypes.String)), mapOf(text("x")), false},
		"a map, then an object":           {mapOf(unknown(tftypes.String)), objectOf(text("x")), false},
		"a list, then a tuple":            {collection(listed, text("x"), text("y")), collection(pair, text("x"), text("y")), false},
		"a member that was unknown":       {objectOf(unknown(tftypes.String)), objectOf(text("x")), true},
		"a member of any type":            {objectOf(unknown(dynamic)), objectOf(collection(listed, text("x"))), true},
		"a member deeper":                 {objectOf(mapOf(text("x"))), objectOf(mapOf(text("y"))), false},
		"a member of a map is lost":       {mapOf(text("x")), tftypes.NewValue(mapped, map[string]tftypes.Value{}), false},
		"a member of a map is new":        {tftypes.NewValue(mapped, map[string]tftypes.Value{}), mapOf(text("x")), false},
		"an element of a list":            {collection(listed, text("x"), unknown(tftypes.String)), collection(listed, text("x"), text("y")), true},
		"another element of a list":       {collection(listed, text("x")), collection(listed, text("y")), false},
		"a longer list":                   {collection(listed, text("x")), collection(listed, text("x"), text("y")), false},
		"a set that coalesces":            {collection(sets, text("x"), unknown(tftypes.String)), collection(sets, text("x")), true},
		"a set without what was known":    {collection(sets, text("x")), collection(sets, text("y")), false},
		"a set with a new element":        {collection(sets, text("x")), collection(sets, text("x"), text("y")), false},
		"a set that grows":                {collection(sets, unknown(tftypes.String)), collection(sets, text("x"), text("y")), false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := compatible(c.planned, c.actual, tftypes.NewAttributePath()); (err == nil) != c.want {
				t.Errorf("compatible is %t, want %t: %v", err == nil, c.want, err)
			}
		})
	}
}

func TestValidPlan(t *testing.T) {
	t.Parallel()
	optional := tfprotov6.SchemaAttribute{Optional: true}
	computed := tfprotov6.SchemaAttribute{Computed: true}
	both := tfprotov6.SchemaAttribute{Optional: true, Computed: true}
	secret := tfprotov6.SchemaAttribute{Optional: true, WriteOnly: true}
	for name, c := range map[string]struct {
		attribute              tfprotov6.SchemaAttribute
		prior, config, planned tftypes.Value
		want                   bool
	}{
		"as configured":                    {optional, text("x"), text("y"), text("y"), true},
		"as recorded":                      {optional, text("x"), text("y"), text("x"), true},
		"as neither":                       {optional, text("x"), text("y"), text("z"), false},
		"unknown as configured":            {optional, text("x"), unknown(tftypes.String), unknown(tftypes.String), true},
		"unknown without being configured": {optional, text("x"), text("y"), unknown(tftypes.String), false},
		"of another type":                  {optional, null(mapped), objectOf(text("x")), mapOf(text("x")), false},
		"recorded, not configured":         {optional, text("x"), null(tftypes.String), text("x"), false},
		"a null with a type, recorded":     {optional, null(mapped), null(dynamic), null(mapped), false},
		"computed":                         {computed, text("x"), null(tftypes.String), unknown(tftypes.String), true},
		"computed, configured differently": {both, text("x"), text("y"), text("z"), false},
		"computed, not configured":         {both, text("x"), null(tftypes.String), text("z"), true},
		"write-only":                       {secret, null(dynamic), text("s"), null(dynamic), true},
		"write-only, planned":              {secret, null(dynamic), text("s"), text("s"), false},
	} {
		t.Run(name, func(t *testing.T) {
			c.attribute.Name = "a"
			block := &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{&c.attribute}}
			err := validPlan(block, objectOf(c.prior), objectOf(c.config), objectOf(c.planned))
			if (err == nil) != c.want {
				t.Errorf("valid is %t, want %t: %v", err == nil, c.want, err)
			}
		})
	}
}
