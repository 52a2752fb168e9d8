// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// A completion that Tallyfy accepts and shows with another decision is recorded with Tallyfy's, with a warning that says what was sent,
// who decided, and what follows. The next refresh shows the decision as drift, and an update overrules it.
func TestAcceptedWithAnotherDecision(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]sandbox.Fault{
		"in the response":                                 {},
		"in the read after 204":                           {Handle: true, Status: http.StatusNoContent},
		"in the read after a response that shows it open": {Handle: true, Status: http.StatusOK, Body: `{"data":{"id":"` + taskID + `","status":"in-progress"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), approvalTask, func(b *bench) {
				response.Method = post
				response.Before = func(*http.Request) { b.server.CompleteOutside(taskID, sandbox.SeedColleagueID, new(false)) }
				b.server.Inject(response)
				yes, _ := decisions(b)
				result := b.create(yes)
				b.warned(result, "Tallyfy Recorded Another Decision")
				detail := result.Warnings[0].Detail
				b.says(detail, "sent with is_approved = true", "rejected by user 1002", "The next plan", "is_approved = false")
				if containsAny(detail, "accepted as") {
					b.Errorf("it says %s", detail)
				}
				if result.Record.IsApproved == nil || *result.Record.IsApproved {
					b.Errorf("recorded %+v", result.Record)
				}
				time.Sleep(time.Minute)
				b.restart()
				known := yes
				known.IsApproved = result.Record.IsApproved
				again, err := b.engine.Update(b.ctx, result.Record, known, yes)
				if err != nil || !*again.Record.IsApproved || !*b.task().IsApproved {
					b.Errorf("got %+v, %v", again, err)
				}
			})
		})
	}
}
