// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestRefusalIsReportedOnce plans a completion, a wait and an action while Tallyfy refuses to show
// tasks. One warning reports it, whichever block comes first.
func TestRefusalIsReportedOnce(t *testing.T) {
	t.Parallel()
	const waitName = "tallyfy_task_wait"
	for name, c := range map[string]struct {
		fault    sandbox.Fault
		requests int // the most that the first block of the plan sends; 0 if the others send some too
		says     string
	}{
		"401":          {fault: sandbox.Fault{Status: http.StatusUnauthorized, Body: "Unauthorized."}, requests: 2, says: "an apply is likely to fail in the same way. Check the access token."},
		"403":          {fault: sandbox.Fault{Status: http.StatusForbidden, Body: "{}"}, says: "and that the token's owner may see the task"},
		"no such path": {fault: sandbox.Fault{Status: http.StatusNotFound, Body: `{"code":"ENDPOINT_NOT_FOUND"}`}, requests: 2, says: "Waits fail."},
		"a page":       {fault: sandbox.Fault{Status: http.StatusOK, Body: "<html><title>Sign in</title></html>"}, requests: 2, says: "an apply is likely to fail in the same way"},
	} {
		for _, order := range []string{"cwa", "wca", "awc", "wac"} {
			t.Run(name+", "+order, func(t *testing.T) {
				t.Parallel()
				h := newHarness(t, sandbox.Config{})
				c.fault.Times = -1
				h.Inject(c.fault)
				session := h.session(nil)
				var said []string
				for i, block := range order {
					attributes := prototest.Attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedPlainTaskID}
					var more prototest.Diagnostics
					var err error
					switch block {
					case 'c':
						more, err = session.Plan(t.Context(), completionName, attributes)
					case 'w':
						attributes["poll_interval"], attributes["fail_on_rejection"] = "15s", tftypes.NewValue(tftypes.Bool, true)
						more, err = session.Plan(t.Context(), waitName, attributes)
					case 'a':
						more, err = session.PlanAction(t.Context(), completeTaskName, attributes)
					}
					if err != nil || more.Failed() {
						t.Fatalf("%v\n%s", err, more)
					}
					if len(more) > 0 {
						said = append(said, more.String())
					}
					if n := h.Count("", ""); i == 0 && n == 0 || c.requests > 0 && n > c.requests {
						t.Errorf("after %d blocks: %d requests", i+1, n)
					}
				}
				if len(said) != 1 || !strings.HasPrefix(said[0], "Warning: Tasks Could Not Be Checked: Reading task "+sandbox.SeedPlainTaskID) || !strings.Contains(said[0], c.says) {
					t.Errorf("said %q", said)
				}
			})
		}
	}
}
