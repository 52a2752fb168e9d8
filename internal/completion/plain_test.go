// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// PlainValues returns the values of a form as form_fields accepts them.
func TestPlainValues(t *testing.T) {
	t.Parallel()
	options := []tallyfy.Option{{ID: 1, Text: "us-west-2"}, {ID: 2, Text: "eu-central-1"}}
	object := func(id, text string) map[string]any { return map[string]any{"id": json.Number(id), "text": text} }
	list := func(all ...any) []any { return append([]any{}, all...) }
	for name, c := range map[string]struct {
		kind string
		held any
		want any // nil if it is left out
	}{
		"text":                       {"text", " vpc-1\r\n", " vpc-1\r\n"},
		"text, a number":             {"text", json.Number("1.30"), "1.30"},
		"text, a Boolean":            {"text", true, "true"},
		"text, a list":               {"text", list("x"), nil},
		"text, empty":                {"text", " ", nil},
		"textarea":                   {"textarea", "two\nlines", "two\nlines"},
		"email":                      {"email", "ops@example.com ", "ops@example.com"},
		"email, corrupted":           {"email", map[string]any{"value": "ops@example.com"}, nil},
		"date":                       {"date", "2026-11-23T00:00:00.000Z", "2026-11-23T00:00:00.000Z"},
		"date, unreadable":           {"date", "soon", nil},
		"radio":                      {"radio", "us-west-2", "us-west-2"},
		"radio, no option any more":  {"radio", "us-east-1", nil},
		"dropdown":                   {"dropdown", object("2", "eu-central-1"), "eu-central-1"},
		"dropdown, renamed option":   {"dropdown", object("2", "Frankfurt"), "eu-central-1"},
		"dropdown, unknown option":   {"dropdown", object("9", "eu-central-9"), nil},
		"dropdown, empty":            {"dropdown", map[string]any{"id": nil, "text": nil}, nil},
		"multiselect":                {"multiselect", list(map[string]any{"id": json.Number("1"), "text": "us-west-2", "selected": false}, map[string]any{"id": json.Number("2"), "text": "eu-central-1", "selected": true}), list("eu-central-1")},
		"multiselect, none selected": {"multiselect", list(map[string]any{"id": json.Number("1"), "text": "us-west-2", "selected": false}), nil},
		"table":                      {"table", list("a", "10.0.0.0/20"), list("a", "10.0.0.0/20")},
		"table, a number and a gap":  {"table", list(json.Number("7"), nil), list("7", "")},
		"table, several rows":        {"table", list(list("a", "b"), list("c", "d")), nil},
		"assignees":                  {"assignees_form", map[string]any{"users": list(json.Number("1001")), "guests": list("a@example.com"), "groups": list()}, map[string]any{"users": list(json.Number("1001")), "guests": list("a@example.com"), "groups": list()}},
		"assignees, as objects":      {"assignees_form", map[string]any{"users": list(map[string]any{"id": json.Number("1001"), "full_name": "A"})}, map[string]any{"users": list(json.Number("1001")), "guests": list(), "groups": list()}},
		"assignees, null":            {"assignees_form", map[string]any{"users": list(nil, json.Number("1"))}, nil},
		"assignees, lists":           {"assignees_form", map[string]any{"users": list(list()), "guests": list(list("a"))}, nil},
		"assignees, a name":          {"assignees_form", map[string]any{"users": list("ann")}, nil},
		"assignees, a text":          {"assignees_form", "ann", nil},
		"file":                       {"file", list(map[string]any{"id": "f1", "filename": "a.txt"}), nil},
		"another type":               {"hologram", "x", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			field := tallyfy.Field{ID: "f", Label: "Label", Alias: "alias", Type: c.kind, Options: options, Columns: []string{"Zone", "CIDR"}, Value: c.held}
			byLabel, byAlias := PlainValues([]tallyfy.Field{field})
			if !reflect.DeepEqual(byLabel["Label"], c.want) || !reflect.DeepEqual(byAlias["alias"], c.want) || (c.want == nil) != (len(byLabel) == 0) {
				t.Fatalf("got %#v and %#v, want %#v", byLabel, byAlias, c.want)
			}
			// The value is equal to the one that the form holds.
			want, err := Desired{FormFields: byLabel}.resolved(&tallyfy.Task{ID: "t", Form: []tallyfy.Field{field}})
			if err != nil || !want.compare(map[string]any{"f": c.held}).none() {
				t.Errorf("it is not what the form holds: %v", err)
			}
		})
	}
}

// A key must name exactly one field, so ambiguous labels are left out.
func TestPlainValuesByAmbiguousNames(t *testing.T) {
	t.Parallel()
	field := func(id, label, alias string) tallyfy.Field {
		return tallyfy.Field{ID: id, Label: label, Alias: alias, Type: "text", Value: "in " + id}
	}
	byLabel, byAlias := PlainValues([]tallyfy.Field{
		field("1", "Notes", "notes"), field("2", "Notes", "notes-2"), field("3", "notes", "n"), field("4", "\u00a0Gro\u0308ße ", ""), field("5", "", "4"),
	})
	if want := map[string]any{"Größe": "in 4"}; !reflect.DeepEqual(byLabel, want) {
		t.Errorf("by label: got %v, want %v", byLabel, want)
	}
	if want := map[string]any{"notes": "in 1", "notes-2": "in 2", "n": "in 3"}; !reflect.DeepEqual(byAlias, want) {
		t.Errorf("by alias: got %v, want %v", byAlias, want)
	}
}
