// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// A value of taskdata is sent as it is, except for the spelling of options. One that Tallyfy is
// known to reject, to corrupt or to clear is refused, and the refusal says what to write instead.
func TestCheckShape(t *testing.T) {
	t.Parallel()
	const same = "" // sent as it is
	for _, c := range []struct {
		field, value string
		sent         string // same, or the JSON that is sent
		wrong        string // a part of the refusal
	}{
		{"f1", `"vpc-1"`, same, ""},
		{"f1", `"0"`, same, ""},
		{"f1", `1.5`, same, ""},
		{"f1", `true`, same, ""},
		{"f1", `null`, same, ""},
		{"f1", `""`, same, ""},
		{"f1", `0`, "", "expects text in quotes: Tallyfy clears the field for the number 0 and for false"},
		{"f1", `0.0`, "", "set null to clear the field"},
		{"f1", `-0`, "", "expects text in quotes"},
		{"f1", `false`, "", "expects text in quotes"},
		{"f1", `["x"]`, "", "expects text, but got a list"},
		{"f2", `"two\nlines"`, same, ""},
		{"f2", `0`, "", "expects text in quotes, but got a number"},
		{"f2", `false`, "", "expects text in quotes, but got a Boolean"},
		{"f3", `false`, "", "expects text in quotes"},
		{"f3", `{"value":"a@b.c"}`, "", "expects text, but got an object"},
		{"f4", `"2026-11-23"`, same, ""},
		{"f4", `1700000000`, "", "expects a date"},
		{"f4", `0`, "", "expects a date"},
		{"f5", `" us-west-2 "`, `"us-west-2"`, ""},
		{"f5", `0`, "", "does not have the configured option"},
		{"f6", `{"id":2,"text":" eu-central-1","value":null}`, `{"id":2,"text":"eu-central-1","value":null}`, ""},
		{"f6", `{"id":1,"text":"eu-central-1"}`, "", "both must belong to the same option"},
		{"f6", `false`, "", "expects an object with the ID and the text of one option"},
		{"f6", `"eu-central-1"`, "", "but got a string"},
		{"f7", `[{"id":1,"text":"us-west-2","selected":false}]`, same, ""},
		{"f7", `[{"id":1,"text":"us-west-2"}]`, "", "needs selected = true or selected = false"},
		{"f7", `[{"id":1,"text":"us-west-2","selected":null}]`, "", "needs selected = true or selected = false"},
		{"f7", `[{"id":1,"text":"us-west-2 ","selected":true}]`, `[{"id":1,"text":"us-west-2","selected":true}]`, ""},
		{"f7", `[]`, same, ""},
		{"f7", `0`, "", "expects a list of objects"},
		{"f7", `["us-west-2"]`, "", "but got a string in it"},
		{"f7", `[{"id":3,"text":"us-west-2","selected":true}]`, "", "has no option with this ID and this text"},
		{"f8", `["a","10.0.0.0/20"]`, same, ""},
		{"f8", `["a"]`, "", "one entry for each column (number of columns: 2)"},
		{"f8", `null`, "", "is a table, which Tallyfy cannot clear"},
		{"f9", `{"users":[1]}`, same, ""},
		{"f9", `[1]`, "", "but got a list"},
		{"fa", `[{"filename":"plan.txt","source":"url","url":"https://e.com/1"}]`, same, ""},
		{"fa", `[{"filename":"plan.txt"}]`, "", "each with an id, a url or a full_url"},
		{"fb", `0`, same, ""}, // of a type that is not documented
		{"fd", `{"id":9,"text":"Office 365"}`, same, ""},
	} {
		index := strings.Index("123456789abcdef", c.field[1:])
		field := formTask().Form[index]
		decode := func(text string) (v any) {
			decoder := json.NewDecoder(strings.NewReader(text))
			decoder.UseNumber()
			if err := decoder.Decode(&v); err != nil {
				t.Fatal(err)
			}
			return v
		}
		value := decode(c.value)
		sent, wrong := checkShape(field, value)
		want := value
		if c.sent != same {
			want = decode(c.sent)
		}
		switch {
		case (wrong == "") != (c.wrong == ""), !strings.Contains(wrong, c.wrong):
			t.Errorf("%s %s: %q, want %q", field.Type, c.value, wrong, c.wrong)
		case wrong == "" && !reflect.DeepEqual(sent, want):
			t.Errorf("%s %s: sent as %v, want %v", field.Type, c.value, sent, want)
		}
	}
}
