// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const at = "2026-05-20T17:00:00Z"
	yes, no := new(true), new(false)
	for name, c := range map[string]struct {
		task          tallyfy.Task
		strict, loose verdict
	}{
		"open":                          {tallyfy.Task{Type: tallyfy.TypeApproval, Status: "in-progress"}, open, open},
		"open, and shows a decision":    {tallyfy.Task{Type: tallyfy.TypeApproval, Status: "in-progress", IsApproved: no}, open, open},
		"hidden":                        {tallyfy.Task{Type: tallyfy.TypeApproval, Status: "auto-skipped"}, open, open},
		"archived":                      {tallyfy.Task{Type: tallyfy.TypeApproval, Status: "in-progress", ArchivedAt: at}, archived, archived},
		"archived and completed":        {tallyfy.Task{Type: "task", Status: "completed", ArchivedAt: at}, done, done},
		"approved":                      {tallyfy.Task{Type: tallyfy.TypeApproval, CompletedAt: at, IsApproved: yes}, done, done},
		"rejected":                      {tallyfy.Task{Type: tallyfy.TypeApproval, CompletedAt: at, IsApproved: no}, rejected, done},
		"rejected, of an older type":    {tallyfy.Task{Type: "accept_decline", CompletedAt: at, IsApproved: no}, rejected, done},
		"rejected, the type not shown":  {tallyfy.Task{CompletedAt: at, IsApproved: no}, rejected, done},
		"the decision is not shown":     {tallyfy.Task{Type: tallyfy.TypeApproval, CompletedAt: at}, undecided, done},
		"a task that shows a decision":  {tallyfy.Task{Type: "task", CompletedAt: at, IsApproved: no}, done, done},
		"an email":                      {tallyfy.Task{Type: "email", Status: "completed", IsApproved: no}, done, done},
		"expired":                       {tallyfy.Task{Type: "expiring", CompletedAt: at, IsApproved: no}, done, done},
		"an expired email":              {tallyfy.Task{Type: "expiring_email", CompletedAt: at, IsApproved: no}, done, done},
		"completed, with the time only": {tallyfy.Task{Type: "task", CompletedAt: at}, done, done},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judge(&c.task, true); got != c.strict {
				t.Errorf("%s: got %d, want %d", name, got, c.strict)
			}
			if got := judge(&c.task, false); got != c.loose {
				t.Errorf("%s, rejections accepted: got %d, want %d", name, got, c.loose)
			}
		})
	}
}
