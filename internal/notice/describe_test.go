// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ got, want string }{
		"title":           {Task(&tallyfy.Task{ID: "t", Title: "Deploy"}), `task "Deploy" (t)`},
		"no title":        {Task(&tallyfy.Task{ID: "t"}), "task t"},
		"subject":         {TaskSubject(&tallyfy.Task{ID: "t", Title: "deploy"}), `Task "deploy" (t)`},
		"reference":       {TaskRef(tallyfy.TaskRef{Run: "r", Task: "t"}), "task t of process r"},
		"one-off":         {TaskRef(tallyfy.TaskRef{Task: "t"}), "task t"},
		"user":            {Completer(&tallyfy.Task{CompleterID: 7, CompletedAt: "2026-01-01"}), "user 7 at 2026-01-01"},
		"guest":           {Completer(&tallyfy.Task{CompleterGuestID: "g"}), "guest g"},
		"nobody is shown": {Completer(&tallyfy.Task{}), "an unknown user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestCapitalize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "apply again": "Apply again", "über": "Über", "ßa": "ßa", "1st": "1st", "\xff": "\xff", "Done": "Done"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got := Capitalize(text); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestTaskSummary(t *testing.T) {
	t.Parallel()
	for want, task := range map[string]*tallyfy.Task{
		"Required Field Is Empty: Provision the VPC":                                          {Title: "Provision the VPC"},
		"Required Field Is Empty: t1":                                                         {ID: "t1"},
		"Required Field Is Empty: " + strings.Repeat("ü", 55):                                 {Title: strings.Repeat("ü", 55)},
		"Required Field Is Empty: " + strings.Repeat("ü", 27) + "…" + strings.Repeat("ö", 27): {Title: strings.Repeat("ü", 30) + strings.Repeat("ö", 30)},
		"Required Field Is Empty: " + strings.Repeat("a", 27) + "…" + strings.Repeat("a", 27): {Title: strings.Repeat("a", 99)},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := TaskSummary(task, "Required Field Is Empty"); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
}
