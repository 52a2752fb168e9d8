// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// save returns what a client with one field sees in the response to a PUT.
func save(t *testing.T, c sandbox.Config, f sandbox.Field, value string) string {
	t.Helper()
	added := processTask()
	f.ID = field
	added.Fields = []sandbox.Field{f}
	server := start(t, c, added)
	got := server.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"`+field+`":`+value+`}}`)
	return got.at("data", "taskdata", field)
}

func TestStoredMultiselect(t *testing.T) {
	options := []string{"A", "B"}
	for _, test := range []struct {
		name    string
		options []string
		sent    string
		want    string
	}{
		{"one of two", options, `[{"id":2,"text":"B","selected":true}]`, storedAB("false", "true")},
		{"other order", options, `[{"id":2,"text":"B","selected":true},{"id":1,"text":"A","selected":true}]`, storedAB("true", "true")},
		{"without selected", options, `[{"id":1,"text":"A"}]`, storedAB("false", "false")},
		{"as stored", options, storedAB("true", "false"), storedAB("true", "false")},
		{"twice", options, `[{"id":1,"text":"A","selected":true},{"id":1,"text":"A","selected":false}]`, storedAB("false", "false")},
		{"no options", nil, `[{"id":9,"text":"Z"}]`, `[{"id":9,"text":"Z"}]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := save(t, sandbox.Config{}, sandbox.Field{Type: "multiselect", Options: test.options}, test.sent)
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// storedAB is a stored multiselect with the options A and B.
func storedAB(a, b string) string {
	return `[{"id":1,"required":false,"selected":` + a + `,"text":"A","value":null},` +
		`{"id":2,"required":false,"selected":` + b + `,"text":"B","value":null}]`
}

// Values that a test sets up are not changed to the stored form.
func TestStoredMultiselectSetUp(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Type: "multiselect", Options: []string{"A", "B"}}}
	added.Taskdata = map[string]any{field: []any{map[string]any{"id": 1}}}
	c := start(t, sandbox.Config{ShowTaskdata: true}, added)
	c.check(c.expect(http.StatusOK, http.MethodGet, runTask, ""), `[{"id":1}]`, "data", "taskdata", field)
}

func TestStoredMultiselectLegacy(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Type: "multiselect", Options: []string{"A", "B"}}}
	c := start(t, sandbox.Config{Vintage: sandbox.Legacy, ShowTaskdata: true}, added)
	got := c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"taskdata":{"`+field+`":[{"id":2,"text":"B","selected":true}]}`))
	contains(t, got.at("data", "taskdata", field), `[{"id":1,"required":false,"selected":false,"text":"A"`)
}

func TestDropdownWithoutOptions(t *testing.T) {
	const sent = `{"id":9,"text":"Z"}`
	if got := save(t, sandbox.Config{}, sandbox.Field{Type: "dropdown"}, sent); got != sent {
		t.Errorf("got %s", got)
	}
}

func TestStoredText(t *testing.T) {
	const sent = `" two\r\nlines\t \u0000e\u0301 "`
	for _, fieldType := range []string{"text", "textarea", "email"} {
		if got := save(t, sandbox.Config{}, sandbox.Field{Type: fieldType}, sent); got != canonical(t, sent) {
			t.Errorf("%s: got %s", fieldType, got)
		}
	}
}

func TestRewrite(t *testing.T) {
	trim := sandbox.Config{Rewrite: strings.TrimSpace}
	for _, test := range []struct {
		fieldType, sent, want string
	}{
		{"text", `" a "`, `"a"`},
		{"textarea", `"\r\na\r\n"`, `"a"`},
		{"text", `12`, `12`},
		{"text", `" "`, `absent`}, // What is left is empty, and clears the field.
		{"email", `" a "`, `" a "`},
		{"date", `"2035-06-04"`, `"2035-06-04"`},
	} {
		t.Run(test.fieldType, func(t *testing.T) {
			if got := save(t, trim, sandbox.Field{Type: test.fieldType}, test.sent); got != test.want {
				t.Errorf("%s %s: got %s, want %s", test.fieldType, test.sent, got, test.want)
			}
		})
	}
}

func TestRewriteLegacyCompletion(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
	c := start(t, sandbox.Config{Vintage: sandbox.Legacy, Rewrite: strings.ToUpper}, added)
	c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"taskdata":{"`+field+`":"a"}`))
	if held := c.state().Taskdata[field]; held != "A" {
		t.Errorf("the task holds %v", held)
	}
}
