// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestFieldValues goes through the table of API.md §1.5. An accepted value
// is stored as it was sent, except in a multiselect.
func TestFieldValues(t *testing.T) {
	const dropdown = "Invalid dropdown choice selected."
	const columns = "Number of columns does not match required columns"
	const source, options = "a source for each file", "list of options"
	long := func(n int) string { return `"` + strings.Repeat("ä", n) + `"` }
	for _, test := range []struct {
		fieldType, name, value string
		refusal                string // part of the message; "" if accepted
	}{
		{"text", "string", `"vpc-1"`, ""},
		{"text", "number", `12.50`, ""},
		{"text", "object", `{"value":"x"}`, "must be a string"},
		{"text", "longest", long(200), ""},
		{"text", "too long", long(201), "200 characters"},
		{"textarea", "string", `"two\nlines"`, ""},
		{"textarea", "number", `12`, "must be a string"},
		{"textarea", "longest", long(30000), ""},
		{"textarea", "too long", long(30001), "30000 characters"},
		{"email", "string", `"a@example.com"`, ""},
		{"email", "object, which corrupts", `{"value":"a@example.com"}`, ""},
		{"date", "ISO", `"2035-06-04T17:00:00.000Z"`, ""},
		{"date", "offset", `"2035-06-04T17:00:00+02:00"`, ""},
		{"date", "spaced", `"2035-06-04 17:00:00"`, ""},
		{"date", "day", `"2035-06-04"`, ""},
		{"date", "epoch", `2064589200`, "not a valid date"},
		{"date", "words", `"tomorrow"`, "not a valid date"},
		{"radio", "option", `"A"`, ""},
		{"radio", "other text", `"C"`, "text of an option"},
		{"radio", "object", `{"id":1,"text":"A"}`, "text of an option"},
		{"dropdown", "option", `{"id":1,"text":"A"}`, ""},
		{"dropdown", "option with value", `{"id":1,"text":"A","value":null}`, ""},
		{"dropdown", "inexact text", `{"id":1,"text":"a"}`, dropdown},
		{"dropdown", "bare text", `"A"`, dropdown},
		{"dropdown", "no text", `{"id":1}`, dropdown},
		{"dropdown", "no id", `{"text":"A"}`, dropdown},
		{"dropdown", "id of another option", `{"id":2,"text":"A"}`, dropdown},
		{"dropdown", "id of no option", `{"id":0,"text":"A"}`, dropdown},
		{"dropdown", "id in a string", `{"id":"1","text":"A"}`, dropdown},
		{"dropdown", "text with a space", `{"id":1,"text":"A "}`, dropdown},
		{"multiselect", "selected", `[{"id":1,"text":"A","selected":true}]`, ""},
		{"multiselect", "without selected", `[{"id":1,"text":"A"}]`, ""},
		{"multiselect", "one object", `{"id":1,"text":"A","selected":true}`, options},
		{"multiselect", "texts", `["A"]`, options},
		{"multiselect", "no text", `[{"id":1,"selected":true}]`, options},
		{"multiselect", "no id", `[{"text":"A","selected":true}]`, options},
		{"multiselect", "text of another option", `[{"id":1,"text":"A"},{"id":2,"text":"A"}]`, options},
		{"multiselect", "unknown option", `[{"id":3,"text":"C"}]`, options},
		{"table", "all columns", `["x",["y"]]`, ""},
		{"table", "a column short", `["x"]`, columns},
		{"table", "a column more", `["x","y","z"]`, columns},
		{"table", "object", `{"Zone":"x","CIDR":"y"}`, columns},
		{"table", "empty list", `[]`, columns},
		{"table", "empty object", `{}`, columns},
		{"table", "null", `null`, "Invalid table field"},
		{"table", "empty string", `""`, "Invalid table field"},
		{"table", "false", `false`, "Invalid table field"},
		{"assignees_form", "buckets", `{"users":[1],"guests":["a@b.c"],"groups":["96"]}`, ""},
		{"assignees_form", "user name", `{"users":["me"]}`, "users as integers"},
		{"assignees_form", "list", `[1]`, "must hold users"},
		{"file", "id", `[{"id":"x","filename":"plan.pdf"}]`, ""},
		{"file", "url", `[{"url":"https://example.com/plan.pdf","filename":"plan.pdf","source":"url"}]`, ""},
		{"file", "full_url", `[{"full_url":"https://example.com/plan.pdf","source":"local"}]`, ""},
		{"file", "name", `[{"id":"x","name":"plan.pdf"}]`, ""},
		{"file", "url without source", `[{"id":"x"},{"url":"https://example.com/plan.pdf"}]`, source},
		{"file", "full_url without source", `[{"full_url":"https://example.com/plan.pdf"}]`, source},
		{"file", "unknown source", `[{"id":"x","source":"upload"}]`, source},
		{"file", "string", `"plan.pdf"`, "list of files"},
		{"file", "name only", `[{"filename":"plan.pdf"}]`, "list of files"},
		{"file", "one object", `{"id":"x"}`, "list of files"},
		{"some new type", "anything", `{"a":[1]}`, ""},
	} {
		t.Run(test.fieldType+", "+test.name, func(t *testing.T) {
			added := processTask()
			added.Fields = []sandbox.Field{{
				ID: field, Label: "The field", Type: test.fieldType,
				Options: []string{"A", "B"}, Columns: []string{"Zone", "CIDR"},
			}}
			c := start(t, sandbox.Config{}, added)
			body := `{"taskdata":{"` + field + `":` + test.value + `}}`
			if test.refusal == "" {
				got := c.expect(http.StatusOK, http.MethodPut, runTask, body)
				if test.fieldType != "multiselect" {
					c.check(got, canonical(t, test.value), "data", "taskdata", field)
				}
				return
			}
			got := c.expect(422, http.MethodPut, runTask, body)
			contains(t, got.at("errors", field), test.refusal)
			if len(c.state().Taskdata) != 0 {
				t.Error("a refused value was kept")
			}
		})
	}
}

// canonical writes JSON the way reply.at does.
func canonical(t *testing.T, text string) string {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestFieldValuesClearing(t *testing.T) {
	for _, empty := range []string{`null`, `""`, `[]`, `{}`, `0`, `false`} {
		t.Run(empty, func(t *testing.T) {
			added := processTask()
			added.Fields = []sandbox.Field{{ID: "a", Type: "date"}, {ID: "b", Type: "text"}}
			added.Taskdata = map[string]any{"a": "2035-06-04", "b": "kept"}
			c := start(t, sandbox.Config{}, added)
			got := c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"a":`+empty+`}}`)
			c.check(got, `{"b":"kept"}`, "data", "taskdata")
			if note := c.lastNote(); note != "cleared 1 value" {
				t.Errorf("note %q", note)
			}
		})
	}
}

// TestFieldValuesUnusualInputs has taskdata that holds no value of a field.
func TestFieldValuesUnusualInputs(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
	added.Taskdata = map[string]any{field: "kept"}
	c := start(t, sandbox.Config{}, added)
	for input, note := range map[string]string{
		`null`: "updated", `[]`: "updated", `{}`: "updated",
		`["a","b"]`: "dropped 2 unknown keys", `{"x":1,"y":2}`: "dropped 2 unknown keys",
	} {
		t.Run(input, func(t *testing.T) {
			got := c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":`+input+`}`)
			c.check(got, `{"`+field+`":"kept"}`, "data", "taskdata")
			if c.lastNote() != note {
				t.Errorf("note %q, want %q", c.lastNote(), note)
			}
		})
	}
}

// TestFieldValuesAllOrNothing has a good value beside a bad one.
func TestFieldValuesAllOrNothing(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: "a", Label: "A", Type: "textarea"}, {ID: "b", Label: "B", Type: "text"}}
	c := start(t, sandbox.Config{}, added)
	c.expect(422, http.MethodPut, runTask, `{"title":"New","taskdata":{"a":1,"b":"x"}}`)
	if after := c.state(); len(after.Taskdata) != 0 || after.Title != "A task" {
		t.Errorf("half an update was kept: %+v", after)
	}
}
