// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// parse decodes JSON as the client does.
func parse(t *testing.T, s string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// TestEqual has a row for each rule of each type; "" is an unknown field.
func TestEqual(t *testing.T) {
	t.Parallel()
	options := []tallyfy.Option{{ID: 1, Text: "Slack"}, {ID: 2, Text: "E-mail"}, {ID: 3, Text: "Gro\u0308\u00dfe"}}
	for _, c := range []struct {
		kind, want, held string
		equal            bool
	}{
		{"text", `"a"`, `"a"`, true},
		{"text", `"a"`, `"A"`, false},
		{"text", `"a"`, `" a\n"`, true},
		{"text", `"1.30"`, `"1.3"`, false},
		{"text", `"012345678901"`, `"12345678901"`, false},
		{"text", `"1e3"`, `"1000"`, false},
		{"text", `"Inf"`, `"+infinity"`, false},
		{"text", `"2026-01-01"`, `"2026-01-01 00:00:00"`, false},
		{"text", `5`, `"5"`, true},
		{"text", `"5"`, `5`, true},
		{"text", `5`, `"5.0"`, false},
		{"text", `true`, `"true"`, true},
		{"text", `true`, `"1"`, false},
		{"text", `"a\r\nb"`, `"a\nb"`, true},
		{"text", `"\ufeffa"`, `"a"`, true},
		{"text", `"Cafe\u0301"`, `"Caf\u00e9"`, true},
		{"text", `"a  b"`, `"a b"`, false},
		{"text", `null`, `""`, true},
		{"text", `" "`, `null`, true},
		{"text", `"x"`, `null`, false},
		{"text", `null`, `"x"`, false},
		{"text", `false`, `null`, false},
		{"text", `0`, `null`, false},
		{"text", `"a"`, `["a"]`, false},
		{"textarea", `"a\r\nb\r\n"`, `"a\nb"`, true},
		{"textarea", `"Tom & Jerry"`, `"Tom &amp; Jerry"`, false},

		{"email", `"Ops@Example.com"`, `"ops@example.com"`, true},
		{"email", `"ops@example.com"`, `"ops@example.org"`, false},

		{"date", `"2026-11-23"`, `"2026-11-23T00:00:00.000Z"`, true},
		{"date", `"2026-11-23 10:00:00"`, `"2026-11-23T12:00:00+02:00"`, true},
		{"date", `"2026-11-23T09:30:00Z"`, `"2026-11-23T09:30:00+0000"`, true},
		{"date", `"2026-11-23"`, `"2026-11-24"`, false},
		{"date", `"next week"`, `"next week"`, true},

		{"radio", `"Slack"`, `"Slack"`, true},
		{"radio", `"Slack"`, `"slack"`, false},
		{"radio", `"Gr\u00f6\u00dfe"`, `"Gro\u0308\u00dfe"`, true},
		{"radio", `"Slack"`, `{"id":1,"text":"Slack"}`, true},

		{"dropdown", `{"id":1,"text":"Slack"}`, `{"id":"1","text":"Slack","value":null}`, true},
		{"dropdown", `{"id":1,"text":"Slack"}`, `{"text":"Slack"}`, true},
		{"dropdown", `{"id":1,"text":"Slack"}`, `"Slack"`, true},
		{"dropdown", `{"id":1,"text":"Slack"}`, `{"id":2,"text":"E-mail"}`, false},
		{"dropdown", `{"id":3,"text":"Gr\u00f6\u00dfe"}`, `{"id":3,"text":"Gro\u0308\u00dfe"}`, true},
		{"dropdown", `{"id":1,"text":"Slack"}`, `1`, true},
		{"dropdown", `{"id":1,"text":"Slack"}`, `2`, false},
		{"dropdown", `{"id":1,"text":"Slack"}`, `"1"`, false},                          // a text that is not an option
		{"dropdown", `{"id":8,"text":"Office"}`, `{"id":8,"text":"Office 365"}`, true}, // from a list of the organization, whose texts can change
		{"dropdown", `{"id":8,"text":"Office"}`, `{"id":9,"text":"Office"}`, false},
		{"dropdown", `{"id":8,"text":"Office"}`, `{"id":8,"label":"Office"}`, true},
		{"dropdown", `{"text":"Office"}`, `{"label":"Office"}`, true},
		{"dropdown", `{"text":"Office"}`, `{"value":"Office"}`, true},
		{"dropdown", `null`, `{"id":null,"text":null}`, true},

		{"multiselect", `[{"id":1,"text":"Slack","selected":true},{"id":2,"text":"E-mail","selected":true}]`, `[{"id":2,"text":"E-mail","selected":true},{"id":1,"text":"Slack","selected":true}]`, true},
		{"multiselect", `[{"id":1,"text":"Slack","selected":true}]`, `[{"id":1,"text":"Slack","selected":true,"value":null},{"id":2,"text":"E-mail","selected":false}]`, true},
		{"multiselect", `[{"id":1,"text":"Slack","selected":true}]`, `[{"id":1,"text":"Slack","selected":true},{"id":2,"text":"E-mail","selected":true}]`, false},
		{"multiselect", `[]`, `[{"id":1,"text":"Slack","selected":false}]`, true},
		{"multiselect", `[{"id":1,"text":"Slack","selected":true}]`, `["Slack"]`, true},
		{"multiselect", `[{"id":1,"text":"Slack","selected":true}]`, `[{"id":1,"text":"Slack"}]`, false},

		{"assignees_form", `{"users":[2,1],"guests":["A@b.c"],"groups":[]}`, `{"users":[1,2],"guests":["a@b.c"]}`, true},
		{"assignees_form", `{"users":[1]}`, `{"users":[{"id":1,"full_name":"X"}],"guests":[],"groups":[]}`, true},
		{"assignees_form", `{"users":[1]}`, `{"users":[{"id":1,"email":"x@b.c"}]}`, true},
		{"assignees_form", `{"users":[1]}`, `{"users":[{"id":2,"email":"x@b.c"}]}`, false},
		{"assignees_form", `{"guests":["A@b.c"]}`, `{"guests":[{"id":"f00d","email":"a@b.c"}]}`, true},
		{"assignees_form", `{"groups":["9e0f"]}`, `{"groups":[{"id":"9e0f","name":"Network"}]}`, true},
		{"assignees_form", `{"users":[1]}`, `{"users":[1,2]}`, false},
		{"assignees_form", `{"users":[],"guests":[],"groups":[]}`, `null`, true},
		{"assignees_form", `{"users":[],"guests":[],"groups":[]}`, `[]`, true},

		{"table", `["a","b"]`, `["a","b"]`, true},
		{"table", `["a","b"]`, `["b","a"]`, false},
		{"table", `["a","1.0"]`, `["a","1"]`, false},
		{"table", `["a","7"]`, `["a",7]`, true},
		{"table", `["a","b"]`, `[["a","b"]]`, true},
		{"table", `["a","b"]`, `{"CIDR":"b","Zone":"a"}`, true},
		{"table", `["a","b"]`, `{"CIDR":"b","Zone\u00a0":"a"}`, true},
		{"table", `["",""]`, `null`, true},

		{"file", `[{"id":"x"}]`, `[{"id":"x","filename":"plan.txt","source":"local"}]`, true},
		{"file", `[{"filename":"plan.txt","source":"url","url":"https://e.com/1"}]`, `[{"filename":"plan.txt","url":"https://e.com/1","id":"9"}]`, true},
		{"file", `[{"filename":"plan.txt","url":"https://e.com/1"}]`, `[{"filename":"other.txt","url":"https://e.com/1"}]`, false},
		{"file", `[{"url":"https://e.com/1"}]`, `[{"url":"https://e.com/2"}]`, false},
		{"file", `[{"id":"x"},{"id":"y"}]`, `[{"id":"y"},{"id":"x"}]`, true},
		{"file", `[{"id":"x"},{"id":"y"}]`, `[{"id":"x"}]`, false},

		{"", `1`, `1.0`, true},
		{"", `12345678901234567890`, `12345678901234567891`, false},
		{"", `"2026-11-23"`, `"2026-11-23T00:00:00Z"`, false},
		{"", `[1,2]`, `[2,1]`, false},
		{"", `{"a":1}`, `{"a":1,"b":2}`, true},
		{"", `{"a":1,"b":2}`, `{"a":1}`, false},
		{"", `{"a":1,"b":null}`, `{"a":1}`, true},
		{"", `{"users":[],"guests":[]}`, `null`, true},
		{"", `{"a":1}`, `[1]`, false},
		{"", `1e999999999`, `1e999999999`, true},
	} {
		t.Run(strings.Join([]string{c.kind, c.want, c.held}, " "), func(t *testing.T) {
			t.Parallel()
			field := tallyfy.Field{ID: "f", Type: c.kind, Options: options, Columns: []string{"Zone", "CIDR"}}
			if got := equal(field, parse(t, c.want), parse(t, c.held)); got != c.equal {
				t.Errorf("equal is %v", got)
			}
		})
	}
}

func TestDifferentKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`{"f":"a"}`, `{"f":"a"}`, true},
		{`{"f":"a\r\n"}`, `{"f":"a"}`, true},
		{`{"f":5}`, `{"f":"5"}`, true},
		{`{"f":"1.30"}`, `{"f":"1.3"}`, false},
		{`{"f":null}`, `{}`, false}, // null clears the field, and a missing key leaves it unchanged
		{`{"f":null}`, `{"f":""}`, true},
		{`{"f":{"a":1}}`, `{"f":{"a":1,"b":2}}`, false},
		{`{"f":["a","b"]}`, `{"f":["b","a"]}`, false},
		{`{"f":"a"}`, `{"g":"a"}`, false},
	} {
		t.Run(c.a+" "+c.b, func(t *testing.T) {
			t.Parallel()
			a, _ := parse(t, c.a).(map[string]any)
			b, _ := parse(t, c.b).(map[string]any)
			if (len(differentKeys(a, b)) == 0) != c.same || (len(differentKeys(b, a)) == 0) != c.same {
				t.Errorf("same is not %v both ways", c.same)
			}
		})
	}
	if len(differentKeys(nil, map[string]any{})) > 0 {
		t.Error("no values and an empty form are different")
	}
}

func TestCompareNamesFields(t *testing.T) {
	t.Parallel()
	want := Desired{
		Taskdata: map[string]any{"gone": "x", "also": "y", "other": "1", "right": "2", "cleared": nil, "kept": "a<b"},
		kept:     map[string]any{"kept": "a&lt;b"},
	}
	diff := want.compare(map[string]any{"other": "2", "right": "2", "more": "3", "kept": "a&lt;b"})
	if strings.Join(diff.absent, ",") != "also,gone" || strings.Join(diff.other, ",") != "other" || diff.none() {
		t.Errorf("got %+v", diff)
	}
}
