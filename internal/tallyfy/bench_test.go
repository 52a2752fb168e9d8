// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"fmt"
	"strings"
	"testing"
)

// wholeTask is a task as a single read shows it, and formOfTen the form of a large one.
const wholeTask = `{"id":"bbbb","increment_id":7,"position":7,"title":"Provision the VPC","original_title":"Provision the VPC","summary":null,` +
	`"alias":"provision-the-vpc","run_id":"aaaa","checklist_id":null,"step_id":null,"status":"completed","status_label":"Completed","task_type":"approval",` +
	`"is_approved":true,"is_oneoff_task":false,"everyone_must_complete":false,"owners":{"users":[{"id":1001,"full_name":"A"},{"id":1002,"full_name":"B"}],"guests":["auditor@example.com"],"groups":[]},` +
	`"taskdata":{"f1":"vpc-0a1b2c","f2":{"id":3,"text":"eu-central-1"}},"custom_fields":[],"created_at":"2026-05-20T15:00:00Z","last_updated":"2026-05-20T17:00:00Z",` +
	`"deadline":"2035-06-04T17:00:00Z","archived_at":null,"completed_at":"2026-05-20T17:00:00.000Z","completer_id":1001,"completer_guest_id":null`

func formOfTen() string {
	var fields []string
	for i := range 10 {
		fields = append(fields, fmt.Sprintf(`{"id":"f%d","label":"Field %d","alias":"field-%d","field_type":"dropdown","required":true,"options":[{"id":1,"text":"a"},{"id":2,"text":"b"}],"columns":[],"field_value":{"id":1,"text":"a"}}`, i, i, i))
	}
	return `,"form_fields":{"data":[` + strings.Join(fields, ",") + `]}`
}

func BenchmarkDecodeTask(b *testing.B) {
	for name, body := range map[string]string{"plain": `{"data":` + wholeTask + `}}`, "form": `{"data":` + wholeTask + formOfTen() + `}}`} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if task, err := parseTask([]byte(body), "bbbb"); err != nil || !task.Completed() {
					b.Fatal(err)
				}
			}
		})
	}
}

// A page of a hundred tasks, as a refresh of hundreds reads it.
func BenchmarkDecodePage(b *testing.B) {
	page := `{"data":[` + strings.TrimSuffix(strings.Repeat(wholeTask+"},", 100), ",") + `],"meta":{"pagination":{"total":100,"count":100,"per_page":100,"current_page":1,"total_pages":1,"links":[]}}}`
	client, _ := New(Config{BaseURL: "https://tallyfy.test", AccessToken: testToken, Transport: &scriptedTransport{script: []reply{ok(page)}}})
	b.ReportAllocs()
	for b.Loop() {
		got, err := client.TasksPage(b.Context(), List{Organization: org, Run: run}, 1)
		if err != nil || len(got.Tasks) != 100 {
			b.Fatal(err)
		}
	}
}

// An error from a response, with its secrets redacted.
func BenchmarkError(b *testing.B) {
	failed := reply{status: 422, body: `{"message":"The given data was invalid.","errors":{"is_approved":["The is approved field is required."],"taskdata":{"f1":["too long"]}}}`}
	client, _ := New(Config{BaseURL: "https://tallyfy.test", AccessToken: testToken, Transport: &scriptedTransport{script: []reply{failed}}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.GetTask(b.Context(), processTask); err == nil || err.Error() == "" {
			b.Fatal("no error")
		}
	}
}
