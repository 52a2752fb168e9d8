// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"errors"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestReport(t *testing.T) {
	t.Parallel()
	cause := &tallyfy.Error{
		Method: "GET", Path: "/organizations/o/tasks/t", Outcome: tallyfy.Rejected, Status: 404,
		ServerMessage: "Resource not found", RequestID: "r-1", Attempts: 1,
	}
	got := Report{Summary: "Task Could Not Be Read", Attribute: "task_id", Action: "Reading task t", Effect: "It is as it was.", Remedy: "Check task_id.", Cause: cause}.Failure()
	want := "Reading task t: Tallyfy returned 404 Not Found.\n\nIt is as it was.\n\nCheck task_id.\n\n" +
		"Tallyfy said: Resource not found\nRequest: GET /organizations/o/tasks/t\nRequest ID: r-1"
	if got.Detail != want || got.Summary != "Task Could Not Be Read" || got.Attribute != "task_id" {
		t.Errorf("got %+v\nwant %s", got.Notice, want)
	}
	if !errors.Is(got, cause) || !strings.HasPrefix(got.Error(), "Task Could Not Be Read: Reading task t") {
		t.Errorf("the cause is lost: %v", got)
	}
	if got := (Report{Action: "Reading task t", Cause: errors.New("it broke")}).Failure().Detail; got != "Reading task t: it broke." {
		t.Errorf("an empty part is not left out: %q", got)
	}
}
