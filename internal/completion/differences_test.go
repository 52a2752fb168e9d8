// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// An error about a task that is completed differently contains the chosen options, but no values of
// other fields.
func TestDifferencesNameOnlyOptions(t *testing.T) {
	t.Parallel()
	options := []tallyfy.Option{{ID: 1, Text: "us-west-2"}, {ID: 2, Text: "eu-central-1"}}
	form := []tallyfy.Field{
		{ID: "text", Label: "Key", Type: "text"},
		{ID: "drop", Label: "Region", Type: "dropdown", Options: options},
		{ID: "many", Label: "Regions", Type: "multiselect", Options: options},
		{ID: "radio", Label: "Tier", Type: "radio", Options: options},
		{ID: "bare", Label: "Listed", Type: "dropdown"},
	}
	both := []any{map[string]any{"id": 1, "text": "us-west-2", "selected": true}, map[string]any{"id": 2, "text": "eu-central-1", "selected": true}}
	for name, c := range map[string]struct {
		want       Desired
		held       any
		id, says   string
		mustNotSay string
	}{
		"dropdown":        {Desired{FormFields: map[string]any{"Region": "eu-central-1"}}, map[string]any{"id": 1, "text": "us-west-2"}, "drop", `form_fields: field "Region" (drop) holds "us-west-2", and the configuration says "eu-central-1"`, ""},
		"multiselect":     {Desired{FormFields: map[string]any{"Regions": []any{"eu-central-1"}}}, both, "many", `holds "us-west-2", "eu-central-1", and the configuration says "eu-central-1"`, ""},
		"radio by its ID": {Desired{Taskdata: map[string]any{"radio": "eu-central-1"}}, "us-west-2", "radio", `taskdata: field "radio" holds "us-west-2", and the configuration says "eu-central-1"`, ""},
		"secret":          {Desired{SecretFormFields: map[string]any{"Tier": "eu-central-1"}}, "us-west-2", "radio", "holds another value", "us-west-2"},
		"secret by ID":    {Desired{SecretTaskdata: map[string]any{"RADIO": "eu-central-1"}}, "us-west-2", "radio", "holds another value", "us-west-2"},
		"not an option":   {Desired{FormFields: map[string]any{"Tier": "eu-central-1"}}, "hunter2", "radio", "holds another value", "hunter2"},
		"text":            {Desired{FormFields: map[string]any{"Key": "mine"}}, "hunter2", "text", "holds another value", "hunter2"},
		"no options":      {Desired{Taskdata: map[string]any{"bare": map[string]any{"id": 3, "text": "x"}}}, map[string]any{"id": 4, "text": "hunter2"}, "bare", "holds another value", "hunter2"},
		"empty":           {Desired{FormFields: map[string]any{"Region": "eu-central-1"}}, nil, "drop", "is empty or not part of the task's form", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := c.want.resolved(&tallyfy.Task{ID: "t", Title: "T", Form: form})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(want.differences(map[string]any{c.id: c.held}), "\n")
			if !strings.Contains(got, c.says) || c.mustNotSay != "" && strings.Contains(got, c.mustNotSay) {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}
