// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// Two keys that name one field are refused before anything is sent, because the order of keys must
// not decide which value is saved.
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
			inBubble(t, today(), nil, func(h *harness) {
				want := h.want()
				c(&want)
				failure := h.refuse(want)
				h.wantText(failure.Error(), "Form Field Is Set Twice", "Keep one of them", "Nothing was sent")
				h.wantRequests(get)
				if strings.Contains(failure.Error(), "s3cr3t") {
					h.Errorf("the error holds values: %v", failure)
				}
			})
		})
	}
}

// Every text and number in a write-only value is a secret, at any depth. Recorded values are not.
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

// A notice about values points to the attribute that sets them; for a secret, that is the
// write-only one.
func TestNoticesPointToTheAttributeOfTheValue(t *testing.T) {
	t.Parallel()
	one := func(key string) map[string]any { return map[string]any{key: "x"} }
	for name, c := range map[string]struct {
		want      Desired
		held      map[string]any
		attribute string
		says      string
	}{
		"by ID":             {Desired{Taskdata: one("f1")}, nil, attrTaskdata, `taskdata: field "f1"`},
		"by ID, secret":     {Desired{SecretTaskdata: one("F1")}, nil, attrSecretTaskdata, `taskdata_wo: field "f1"`},
		"by name":           {Desired{FormFields: one("VPC id")}, nil, attrFormFields, `form_fields: field "VPC id" (f1)`},
		"by name, secret":   {Desired{SecretFormFields: one("VPC id")}, nil, attrSecretFormFields, `form_fields_wo: field "VPC id" (f1)`},
		"the secret of two": {Desired{FormFields: one("f2"), SecretFormFields: one("VPC id")}, one("f2"), attrSecretFormFields, `form_fields_wo: field "VPC id" (f1)`},
		"the open of two":   {Desired{FormFields: one("f2"), SecretFormFields: one("VPC id")}, one("f1"), attrFormFields, `form_fields: field "Notes" (f2)`},
		"both of two":       {Desired{Taskdata: one("f2"), SecretTaskdata: one("f1")}, nil, attrTaskdata, `taskdata_wo: field "f1"`},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := c.want.resolved(formTask())
			if err != nil {
				t.Fatal(err)
			}
			lost := want.compare(c.held)
			for _, got := range []Notice{notArrived(want.Task, want, lost).Notice, valuesUnsure(want.Task, want, true, lost)} {
				if got.Attribute != c.attribute || !strings.Contains(got.Detail, c.says+" ") {
					t.Errorf("on %s: %s", got.Attribute, got.Detail)
				}
			}
			for key := range want.Taskdata {
				if len(want.Taskdata) == 1 && rewritten(want.Task, want, one(key)).Attribute != c.attribute {
					t.Error("a value that is stored in another form is reported on another attribute")
				}
			}
		})
	}
	hidden := Desired{SecretFormFields: one("VPC id")}
	var failure *Failure
	if _, err := hidden.resolved(nil); !errors.As(err, &failure) || failure.Attribute != attrSecretFormFields || !strings.Contains(err.Error(), "form_fields_wo sets fields by name") {
		t.Errorf("a hidden form: %v", err)
	}
}

// Values that are given by name or as secrets are sent like the others. A changed version is an
// update.
func TestValuesByNameAndSecrets(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.FormFields = map[string]any{"VPC id": "vpc-1"}
		h.create(want)
		h.wantRequests(get, put, post)
		if held := h.task().Taskdata[field]; held != "vpc-1" {
			h.Errorf("the field holds %v", held)
		}
		h.server.ResetJournal()
		secret := h.want()
		secret.SecretFormFields, secret.SecretFormFieldsVersion = map[string]any{"VPC id": "s3cr3t"}, new(int64(1))
		later := secret
		later.SecretFormFieldsVersion = new(int64(2))
		if Resends(secret, secret) || !Resends(secret, later) || !Resends(want, secret) {
			t.Error("two versions count as equal")
		}
		result, err := h.engine.Update(h.ctx, Record{RunID: runID, Status: "completed"}, want, secret)
		if err != nil || result.Record.Status != "completed" || h.task().Taskdata[field] != "s3cr3t" {
			h.Errorf("got %+v, %v; the field holds %v", result, err, h.task().Taskdata[field])
		}
		h.wantRequests(get, del, put, post)
	})
	for name, c := range map[string]struct {
		config sandbox.Config
		given  map[string]any
		says   []string
	}{
		"unknown":  {today(), map[string]any{"Vpc id": "x"}, []string{"Unknown Form Field", `Did you mean "VPC id"?`}},
		"no tasks": {sandbox.Config{CompletionOnly: true}, map[string]any{"VPC id": "x"}, []string{"Form Cannot Be Read", "Nothing was sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, c.config, nil, func(h *harness) {
				want := h.want()
				want.FormFields = c.given
				h.wantText(h.refuse(want).Error(), c.says...)
				h.wantRequests(get)
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) { // Tallyfy saved another value: the message has the label and not the value
		h.server.Inject(sandbox.Fault{Method: put, Status: 200, Body: `{"data":{"id":"` + taskID + `","taskdata":{"` + field + `":"other"}}}`})
		want := h.want()
		want.SecretFormFields = map[string]any{"VPC id": "s3cr3t"}
		failure := h.refuse(want)
		h.wantText(failure.Error(), "Field Values Did Not Arrive", `form_fields_wo: field "VPC id" (`+field+`) is empty`)
		if strings.Contains(failure.Error(), "s3cr3t") || failure.Attribute != attrSecretFormFields {
			h.Errorf("attribute %s: %v", failure.Attribute, failure)
		}
	})
}
