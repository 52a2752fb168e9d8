// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Two keys that name one field are refused before anything is sent, because the order of keys must not decide which value is saved.
func TestTwoKeysForOneField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(*Desired){
		"two IDs in different letter case": func(want *Desired) {
			want.Taskdata = map[string]any{field: "s3cr3t-1", strings.ToUpper(field): "s3cr3t-2"}
		},
		"an ID and its write-only twin": func(want *Desired) {
			want.Taskdata, want.SecretTaskdata = map[string]any{field: "s3cr3t-1"}, map[string]any{strings.ToUpper(field): "s3cr3t-2"}
		},
		"a label and an ID": func(want *Desired) {
			want.FormFields = map[string]any{"VPC id": "s3cr3t-1", field: "s3cr3t-2"}
		},
		"form_fields and taskdata": func(want *Desired) {
			want.FormFields, want.Taskdata = map[string]any{"VPC id": "s3cr3t-1"}, map[string]any{field: "s3cr3t-2"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(b *bench) {
				want := b.want()
				c(&want)
				failure := b.refuse(want)
				b.says(failure.Error(), "Form Field Given Twice", "Keep one of them", "Nothing was sent")
				b.sent(get)
				if strings.Contains(failure.Error(), "s3cr3t") {
					b.Errorf("the error holds values: %v", failure)
				}
			})
		})
	}
}

// Every text and number of a write-only value is a secret, however deep it is; values that are recorded are not.
func TestSecrets(t *testing.T) {
	t.Parallel()
	want := Desired{
		Taskdata: map[string]any{"a": "public"}, FormFields: map[string]any{"b": "public too"},
		SecretTaskdata:   map[string]any{"c": "text", "d": []any{"row", map[string]any{"text": "option", "id": json.Number("4711")}}},
		SecretFormFields: map[string]any{"e": json.Number("1234"), "f": nil, "g": true, "h": Unknown{}},
	}
	got := want.secrets()
	slices.Sort(got)
	if strings.Join(got, " ") != "1234 4711 option row text" {
		t.Errorf("got %q", got)
	}
}
