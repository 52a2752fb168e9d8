// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/text/unicode/norm"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
)

// meaning is a value without its spelling: a text, a list or an object. The zero meaning means that
// there is none.
type meaning struct {
	text   string
	list   []meaning
	object map[string]meaning
}

// writer generates meanings, and values of Terraform with a meaning.
type writer struct{ *rand.Rand }

func (w writer) coin() bool { return w.IntN(2) == 0 }

// newMeaning returns a random meaning of at most this depth.
func (w writer) newMeaning(depth int) meaning {
	switch w.IntN(6) {
	case 0:
		return meaning{}
	case 1:
		if depth > 0 {
			list := make([]meaning, 1+w.IntN(3))
			for i := range list {
				list[i] = w.newMeaning(depth - 1)
			}
			return meaning{list: list}
		}
	case 2:
		if depth > 0 {
			return meaning{object: w.members(depth - 1)}
		}
	}
	return meaning{text: oneOf(w, "vpc-1", "1", "-20", "0.5", "1.30", "true", "false", "a\nb", "Größe")}
}

func (w writer) members(depth int) map[string]meaning {
	members := map[string]meaning{}
	for range 1 + w.IntN(3) {
		members[oneOf(w, "a", "b", "c", "d")] = w.newMeaning(depth)
	}
	return members
}

func oneOf[T any](w writer, all ...T) T { return all[w.IntN(len(all))] }

// write returns a random value with a meaning.
func (w writer) write(m meaning) tftypes.Value {
	switch {
	case m.text != "":
		return w.writeText(m.text)
	case m.list != nil:
		var values []tftypes.Value
		for _, element := range m.list {
			values = append(values, w.write(element))
		}
		kind := sameType(slices.Values(values))
		switch {
		case kind == nil || w.coin():
			return tuple(values)
		case w.coin() && distinct(values):
			return tftypes.NewValue(tftypes.Set{ElementType: kind}, values)
		}
		return tftypes.NewValue(tftypes.List{ElementType: kind}, values)
	case m.object != nil:
		return w.writeObject(m.object)
	}
	return w.writeNothing()
}

func (w writer) writeText(s string) tftypes.Value {
	number, isNumber := map[string]float64{"1": 1, "-20": -20, "0.5": 0.5}[s]
	switch {
	case (s == "true" || s == "false") && w.coin():
		return tftypes.NewValue(tftypes.Bool, s == "true")
	case isNumber && w.coin():
		return tftypes.NewValue(tftypes.Number, number)
	}
	return text(oneOf(w, s, s, s+"\n", "\ufeff"+s, strings.ReplaceAll(s, "\n", "\r\n"), norm.NFD.String(s)))
}

func (w writer) writeObject(object map[string]meaning) tftypes.Value {
	members := map[string]tftypes.Value{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		members[key] = w.write(object[key])
	}
	if kind := sameType(maps.Values(members)); kind != nil && w.coin() {
		return tftypes.NewValue(tftypes.Map{ElementType: kind}, members)
	}
	return objectOf(members)
}

// someTypes are the types of nulls, unknown values and empty collections.
var someTypes = []tftypes.Type{
	tftypes.String, tftypes.Number, tftypes.Bool,
	tftypes.List{ElementType: tftypes.String},
	tftypes.Set{ElementType: tftypes.Number},
	tftypes.Map{ElementType: tftypes.String},
	tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.String}},
	tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": tftypes.Bool}},
}

func (w writer) writeNothing() tftypes.Value {
	switch w.IntN(4) {
	case 0:
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	case 1:
		return tftypes.NewValue(oneOf(w, someTypes...), nil)
	case 2:
		return text(oneOf(w, "", " "))
	}
	return oneOf(w, tuple(nil), objectOf(nil),
		tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{}),
		tftypes.NewValue(tftypes.Set{ElementType: tftypes.Number}, []tftypes.Value{}),
		tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{}))
}

// writeAll returns the values of a form. A field without a meaning is absent, null or empty.
func (w writer) writeAll(fields map[string]meaning) tftypes.Value {
	if len(fields) > 0 {
		return w.writeObject(fields)
	}
	kind := tftypes.Map{ElementType: tftypes.String}
	return oneOf(w, tftypes.NewValue(tftypes.DynamicPseudoType, nil), tftypes.NewValue(kind, nil),
		tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": tftypes.String}}, nil),
		objectOf(nil), tftypes.NewValue(kind, map[string]tftypes.Value{}))
}

// hide returns the value with an unknown part. The part keeps its type in a list, a set or a map;
// its type may be unknown elsewhere.
func (w writer) hide(value tftypes.Value, fixed bool) tftypes.Value {
	deeper := value.IsKnown() && !value.IsNull() && w.IntN(4) > 0
	switch kind := value.Type().(type) {
	case tftypes.Object:
		var members map[string]tftypes.Value
		if keys := keysOfValue(value, &members); deeper && len(keys) > 0 {
			key := oneOf(w, keys...)
			members[key] = w.hide(members[key], fixed)
			return objectOf(members)
		}
	case tftypes.Map:
		var members map[string]tftypes.Value
		if keys := keysOfValue(value, &members); deeper && len(keys) > 0 {
			key := oneOf(w, keys...)
			members[key] = w.hide(members[key], true)
			return tftypes.NewValue(kind, members)
		}
	case tftypes.Tuple, tftypes.List, tftypes.Set:
		var all []tftypes.Value
		if err := value.As(&all); err == nil && deeper && len(all) > 0 {
			_, free := kind.(tftypes.Tuple)
			all = slices.Clone(all) // do not change the original
			i := w.IntN(len(all))
			all[i] = w.hide(all[i], fixed || !free)
			if free {
				return tuple(all)
			}
			return tftypes.NewValue(kind, all)
		}
	}
	if !fixed && w.coin() {
		return tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)
	}
	return tftypes.NewValue(value.Type(), tftypes.UnknownValue)
}

func keysOfValue(value tftypes.Value, members *map[string]tftypes.Value) []string {
	if value.As(members) != nil {
		return nil
	}
	*members = maps.Clone(*members) // do not change the original
	return slices.Sorted(maps.Keys(*members))
}

func objectOf(members map[string]tftypes.Value) tftypes.Value {
	if members == nil {
		members = map[string]tftypes.Value{}
	}
	return object(members)
}

func tuple(values []tftypes.Value) tftypes.Value {
	kind := tftypes.Tuple{ElementTypes: []tftypes.Type{}}
	for _, value := range values {
		kind.ElementTypes = append(kind.ElementTypes, value.Type())
	}
	return tftypes.NewValue(kind, values)
}

// sameType returns the type of all values; nil if they have several types, or if it has dynamic
// parts.
func sameType(values func(func(tftypes.Value) bool)) (found tftypes.Type) {
	for value := range values {
		if found != nil && !found.Equal(value.Type()) || strings.Contains(value.Type().String(), "DynamicPseudoType") {
			return nil
		}
		found = value.Type()
	}
	return found
}

func distinct(values []tftypes.Value) bool {
	for i := range values {
		if slices.ContainsFunc(values[:i], values[i].Equal) {
			return false
		}
	}
	return true
}

// unreachable is a transport that counts requests and fails them.
type unreachable struct{ sent int }

func (n *unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	n.sent++
	return nil, errors.New("nothing may be sent")
}

// FuzzSameMeaning changes values to other spellings of the same meaning, with any part known only
// after apply. No request may be sent, no warning may remain when all is known, and Terraform must
// accept the plan, the final plan and the result, which must be as configured.
func FuzzSameMeaning(f *testing.F) {
	for seed := range uint64(100) { // make fuzz continues from these
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := writer{rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // no secret depends on it
		fields := w.members(2)
		if w.IntN(10) == 0 {
			fields = nil
		}
		recorded, configured := asSent(t, w.writeAll(fields)), asSent(t, w.writeAll(fields))
		partly := w.hide(configured, false)
		attribute := oneOf(w, "taskdata", "form_fields")
		network := &unreachable{}
		settings := attributes{"access_token": "t", "organization_id": "o", "max_retries": 0, "preflight": false}
		terraform, err := prototest.New(t.Context(), NewOver("test", network), settings, "tallyfy_task_completion")
		if err != nil {
			t.Fatal(err)
		}
		block := func(value tftypes.Value) attributes {
			return attributes{"task_id": "t", "run_id": "r", attribute: value}
		}
		state := completedState()
		delete(state, "is_approved")
		delete(state, "taskdata")
		state[attribute] = recorded
		for _, first := range []tftypes.Value{partly, configured} {
			fail := func(what string, said prototest.Diagnostics, err error) {
				t.Fatalf("%s: %v %s\nrecorded   %s\nplanned    %s\nconfigured %s", what, err, said, recorded, first, configured)
			}
			terraform.Record(state)
			plan, err := terraform.PlanAsRecorded(t.Context(), block(first))
			if err != nil || plan.Failed() || first.Equal(configured) && plan.String() != "" {
				fail("plan", plan.Diagnostics, err)
			}
			said, err := terraform.ApplyKnown(t.Context(), plan, block(configured))
			if err != nil || len(said) > 0 || network.sent > 0 {
				fail("apply", said, err)
			}
			if got := terraform.State.Value; !sameAndOfType(attributesOf(t, got)[attribute], configured) {
				fail("state", nil, fmt.Errorf("it holds %s", attributesOf(t, got)[attribute]))
			}
			next, err := terraform.PlanAsRecorded(t.Context(), block(configured))
			if err != nil || next.Action != prototest.NoOp {
				fail("next plan", next.Diagnostics, err)
			}
			terraform.State = nil // a create is planned by the same rules, and fails with the first request
			plan, err = terraform.PlanAsRecorded(t.Context(), block(first))
			if err != nil || plan.Failed() {
				fail("plan of a create", plan.Diagnostics, err)
			}
			if said, err := terraform.ApplyKnown(t.Context(), plan, block(configured)); err != nil {
				fail("create", said, err)
			}
			network.sent = 0
		}
	})
}

func sameAndOfType(a, b tftypes.Value) bool {
	return a.Equal(b) && a.Type().Equal(b.Type())
}
