// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// formTask is a task with a field of each type.
func formTask() *tallyfy.Task {
	options := []tallyfy.Option{{ID: 1, Text: "us-west-2"}, {ID: 2, Text: "eu-central-1"}}
	return &tallyfy.Task{ID: taskID, RunID: runID, Title: "Provision the VPC", Status: "in-progress", Form: []tallyfy.Field{
		{ID: "f1", Label: "VPC id", Alias: "vpc-id-1", Type: "text", Required: true},
		{ID: "f2", Label: "Notes", Alias: "notes-2", Type: "textarea"},
		{ID: "f3", Label: "Contact", Type: "email"},
		{ID: "f4", Label: "Provisioned on", Type: "date"},
		{ID: "f5", Label: "Tier", Type: "radio", Options: options},
		{ID: "f6", Label: "Region", Type: "dropdown", Options: options},
		{ID: "f7", Label: "Regions", Type: "multiselect", Options: options},
		{ID: "f8", Label: "Subnets", Type: "table", Columns: []string{"Zone", "CIDR"}},
		{ID: "f9", Label: "Reviewers", Type: "assignees_form"},
		{ID: "fa", Label: "Diagram", Type: "file"},
		{ID: "fb", Label: "Mood", Type: "hologram"},
		{ID: "fc", Label: "Notes", Type: "text"},
		{ID: "fd", Label: "Office", Type: "dropdown"}, // from a list of the organization
		{ID: "vpc-id-1", Label: "Region", Alias: "region-2", Type: "text"},
	}}
}

// resolve resolves values that are given by name.
func resolve(task *tallyfy.Task, given map[string]any) formValues {
	return Desired{FormFields: given}.values(task)
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for key, c := range map[string]struct {
		id    string
		given any
		want  string
	}{
		"VPC id":         {"f1", "vpc-1", `"vpc-1"`},
		"vpc-id-1":       {"vpc-id-1", "an id wins over an alias", `"an id wins over an alias"`},
		"f1":             {"f1", json.Number("42"), `"42"`},
		"notes-2":        {"f2", true, `"true"`},
		"fc":             {"fc", nil, `null`},
		"Contact":        {"f3", "ops@example.com", `"ops@example.com"`},
		"Provisioned on": {"f4", "2026-11-23T09:30:00Z", `"2026-11-23T09:30:00Z"`},
		" Tier ":         {"f5", "us-west-2", `"us-west-2"`},
		"f6":             {"f6", "eu-central-1", `{"id":2,"text":"eu-central-1"}`},
		"Regions":        {"f7", []any{"eu-central-1", "us-west-2"}, `[{"id":2,"selected":true,"text":"eu-central-1"},{"id":1,"selected":true,"text":"us-west-2"}]`},
		"Subnets":        {"f8", []any{"a", json.Number("7")}, `["a","7"]`},
		"f8":             {"f8", map[string]any{"CIDR": "10.0.0.0/20", "Zone": "a"}, `["a","10.0.0.0/20"]`},
		"Reviewers":      {"f9", map[string]any{"users": []any{json.Number("1001"), "1002"}, "guests": []any{"a@b.c"}}, `{"groups":[],"guests":["a@b.c"],"users":[1001,1002]}`},
		"f9":             {"f9", map[string]any{}, `{"groups":[],"guests":[],"users":[]}`},
		"f7":             {"f7", []any{}, `[]`},
		"Diagram":        {"fa", "https://e.com/a/plan.txt?v=2", `[{"filename":"plan.txt","source":"url","url":"https://e.com/a/plan.txt?v=2"}]`},
		"fa":             {"fa", map[string]any{"filename": "plan.pdf", "url": "https://e.com/1"}, `[{"filename":"plan.pdf","source":"url","url":"https://e.com/1"}]`},
		"FA":             {"fa", []any{"https://e.com/1.txt", "https://e.com/2.txt"}, `[{"filename":"1.txt","source":"url","url":"https://e.com/1.txt"},{"filename":"2.txt","source":"url","url":"https://e.com/2.txt"}]`},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			got := resolve(formTask(), map[string]any{key: c.given})
			if len(got.problems) > 0 {
				t.Fatalf("got %+v", got.problems)
			}
			text, err := json.Marshal(got.taskdata[c.id])
			if err != nil || string(text) != c.want || len(got.taskdata) != 1 || got.labels[c.id] == "" {
				t.Errorf("got %s of %v, want %s", text, got, c.want)
			}
		})
	}
	rows := resolve(formTask(), map[string]any{"Subnets": []any{[]any{"a", "b"}}, "VPC id": Unknown{}})
	if want := map[string]any{"f8": []any{"a", "b"}}; !reflect.DeepEqual(rows.taskdata, want) || len(rows.problems) > 0 {
		t.Errorf("got %+v", rows)
	}
}

// Each mistake is reported on its key, with what is allowed and without the configured value.
func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"
	list := []any{secret}
	for name, c := range map[string]struct {
		given map[string]any
		says  []string
	}{
		"unknown name":      {map[string]any{"VPC-id": secret}, []string{"Unknown Form Field", `has no field "VPC-id". Did you mean "VPC id"?`, `- "VPC id" (text, required, alias vpc-id-1, ID f1)`}},
		"nothing near":      {map[string]any{"zzzzzzzz": secret}, []string{`has no field "zzzzzzzz".` + "\n"}},
		"unknown, later":    {map[string]any{"Regoin": Unknown{}}, []string{`Did you mean "Region"?`}},
		"ambiguous":         {map[string]any{"Notes": secret}, []string{"Ambiguous Form Field", "2 fields labelled", "alias notes-2, ID f2", "ID fc"}},
		"twice":             {map[string]any{"VPC id": secret, "f1": secret}, []string{"Form Field Is Set Twice", `"VPC id" and "f1" name the same field`}},
		"text, list":        {map[string]any{"VPC id": list}, []string{"Invalid Form Value", `Field "VPC id" (text)`, "expects text, but got a list"}},
		"email":             {map[string]any{"Contact": secret}, []string{"expects one email address"}},
		"email with a name": {map[string]any{"Contact": "A <a@example.com>"}, []string{"expects one email address"}},
		"date":              {map[string]any{"Provisioned on": json.Number("1700000000")}, []string{"expects a date"}},
		"radio":             {map[string]any{"Tier": secret}, []string{"does not have the configured option", `- "us-west-2"`}},
		"dropdown":          {map[string]any{"f6": "eu-central1"}, []string{`does not have the configured option. Did you mean "eu-central-1"?`, `- "us-west-2"`}},
		"dropdown, list":    {map[string]any{"f6": list}, []string{"expects the text of one of its options, but got a list"}},
		"multiselect, text": {map[string]any{"Regions": secret}, []string{"expects a list of option texts, but got a string"}},
		"multiselect":       {map[string]any{"Regions": list}, []string{"does not have the configured option"}},
		"table, columns":    {map[string]any{"Subnets": []any{secret}}, []string{"expects one entry for each column, but got 1", `its columns are "Zone", "CIDR"`}},
		"table, heading":    {map[string]any{"Subnets": map[string]any{"Zone": secret, "CIDR": secret, "Cidr": secret}}, []string{`has no column "Cidr"; Did you mean "CIDR"?`}},
		"table, lacking":    {map[string]any{"Subnets": map[string]any{"Zone": secret}}, []string{`has no entry for column "CIDR"`}},
		"table, rows":       {map[string]any{"Subnets": []any{[]any{secret, secret}, []any{secret, secret}}}, []string{"expects one row", "use taskdata"}},
		"table, nested":     {map[string]any{"Subnets": []any{secret, list}}, []string{"expects text in each column, but got a list"}},
		"table, text":       {map[string]any{"Subnets": secret}, []string{"expects a list with one entry for each column, but got a string"}},
		"assignees":         {map[string]any{"Reviewers": list}, []string{"expects an object such as", "but got a list"}},
		"assignees, member": {map[string]any{"Reviewers": map[string]any{"user": list}}, []string{`has no member "user"`}},
		"assignees, id":     {map[string]any{"Reviewers": map[string]any{"users": list}}, []string{"each entry of users must be a whole number"}},
		"assignees, list":   {map[string]any{"Reviewers": map[string]any{"users": json.Number("1")}}, []string{"users is a list"}},
		"assignees, person": {map[string]any{"Reviewers": map[string]any{"guests": []any{true}}}, []string{"each entry of guests must be a string or a number, but got a Boolean"}},
		"file":              {map[string]any{"Diagram": secret}, []string{"expects the URL of a file", "that is not a URL"}},
		"file, no name":     {map[string]any{"Diagram": "https://e.com/"}, []string{"does not end in a file name"}},
		"file, member":      {map[string]any{"Diagram": map[string]any{"id": secret}}, []string{`has no member "id"`, "use taskdata"}},
		"dropdown, listed":  {map[string]any{"Office": secret}, []string{"come from a list of the organization", "Use taskdata instead of form_fields"}},
		"type":              {map[string]any{"Mood": secret}, []string{`"Mood" (hologram)`, "is of a type that form_fields does not support"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := resolve(formTask(), c.given)
			if len(got.problems) != 1 {
				t.Fatalf("got %+v", got)
			}
			problem := got.problems[0]
			text := problem.Summary + ": " + problem.Detail
			for _, part := range c.says {
				if !strings.Contains(text, part) {
					t.Errorf("%q is missing in:\n%s", part, text)
				}
			}
			if _, known := c.given[problem.Key]; !known || problem.Attribute != attrFormFields || strings.Contains(text, secret) {
				t.Errorf("attribute %s, key %q:\n%s", problem.Attribute, problem.Key, text)
			}
		})
	}
	many := &tallyfy.Task{ID: taskID}
	for n := range 50 {
		many.Form = append(many.Form, tallyfy.Field{ID: fmt.Sprint("f", n), Label: fmt.Sprint("Field ", n), Type: "text"})
	}
	if text := resolve(many, map[string]any{"x": "y"}).problems[0].Detail; !strings.Contains(text, "and 20 more") {
		t.Errorf("got:\n%s", text)
	}
}

// Fields, options and columns are found in any Unicode form, with any spaces and in any letter case
// of IDs.
func TestNamesInAnotherForm(t *testing.T) {
	t.Parallel()
	const composed, decomposed = "Gr\u00f6\u00dfe", "Gro\u0308\u00dfe"
	task := &tallyfy.Task{ID: taskID, Form: []tallyfy.Field{
		{ID: "ab1", Label: decomposed, Alias: decomposed + "-1", Type: "text"},
		{ID: "ab2", Label: "Size ", Type: "dropdown", Options: []tallyfy.Option{{ID: 1, Text: decomposed}}},
		{ID: "ab3", Label: "Sizes", Type: "table", Columns: []string{decomposed}},
	}}
	for name, c := range map[string]struct {
		key   string
		value any
		id    string
		want  string
	}{
		"label":              {composed, "x", "ab1", `"x"`},
		"alias":              {composed + "-1", "x", "ab1", `"x"`},
		"ID in capitals":     {"AB1", "x", "ab1", `"x"`},
		"option":             {"Size", composed, "ab2", `{"id":1,"text":"` + decomposed + `"}`}, // as Tallyfy spells it
		"heading":            {"Sizes", map[string]any{composed: "x"}, "ab3", `["x"]`},
		"label with a space": {"Size", composed, "ab2", `{"id":1,"text":"` + decomposed + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := resolve(task, map[string]any{c.key: c.value})
			text, err := json.Marshal(got.taskdata[c.id])
			if err != nil || len(got.problems) > 0 || string(text) != c.want {
				t.Errorf("got %s of %+v, want %s", text, got, c.want)
			}
		})
	}
}
