// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// TestSkipsReads has another check of the plan fail. After a slow failure, no check of the plan
// waits for a response. After a quick one, each tries.
func TestSkipsReads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		took   time.Duration
		skips  bool
		warned int
	}{
		"no response, slowly":  {&tallyfy.Error{Outcome: tallyfy.Unknown}, slowFailure, true, 0},
		"no response, quickly": {&tallyfy.Error{Outcome: tallyfy.Unknown}, 0, false, 0},
		"token refused":        {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 401}, 0, true, 1},
		"task refused":         {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 403}, slowFailure, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{}, nil, func(h *harness) {
				p := h.engine.Preflight()
				began := time.Now()
				time.Sleep(c.took)
				if warnings := p.Unread(h.ref(), began, c.err); len(warnings) != c.warned {
					h.Errorf("it says %v", warnings)
				}
				if p.SkipsReads(h.ref()) != c.skips {
					h.Errorf("reads are skipped: %t", !c.skips)
				}
				if more := p.Unread(h.ref(), began, c.err); len(more) > 0 {
					h.Errorf("it says again %v", more)
				}
			})
		})
	}
}
