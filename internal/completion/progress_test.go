// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestProgress reads the steps of operations.
func TestProgress(t *testing.T) {
	t.Parallel()
	where := "task " + taskID + " of process " + runID
	for name, c := range map[string]struct {
		config sandbox.Config
		fault  *sandbox.Fault
		value  any
		want   []string
	}{
		"plain":  {want: []string{"Reading " + where, "Completing " + where}},
		"values": {value: "vpc-1", want: []string{"Reading " + where, "Saving the field values of " + where, "Completing " + where}},
		"rate limit": {fault: &sandbox.Fault{Method: "POST", Status: 429}, want: []string{
			"Reading " + where, "Completing " + where, "Tallyfy did not confirm the completion: Tallyfy returned 429 Too Many Requests",
			"Reading " + where + " to see whether it is completed", "Completing " + where,
		}},
		"values, unavailable": {fault: &sandbox.Fault{Method: "PUT", Status: 502}, value: "vpc-1", want: []string{
			"Reading " + where, "Saving the field values of " + where, "Tallyfy did not confirm the field values: Tallyfy returned 502 Bad Gateway",
			"Saving the field values of " + where, "Completing " + where,
		}},
		"empty response": {fault: &sandbox.Fault{Method: "POST", Status: 200, Handle: true}, want: []string{
			"Reading " + where, "Completing " + where, "Reading " + where + " to see the completion that Tallyfy accepted",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, c.config, nil, func(h *harness) {
				if c.fault != nil {
					h.server.Inject(*c.fault)
				}
				var steps []string
				h.ctx = WithProgress(h.ctx, func(step string) { steps = append(steps, step) })
				want := h.want()
				if c.value != nil {
					want = h.wantValue(c.value)
				}
				h.create(want)
				if got := strings.Join(steps, "\n"); got != strings.Join(c.want, "\n") {
					t.Errorf("got\n%s\nwant\n%s", got, strings.Join(c.want, "\n"))
				}
			})
		})
	}
}
