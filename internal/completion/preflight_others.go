// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file holds what other checks of the same plan share with the preflight check, so that a plan
// reports a refusal once, and waits once for a server that does not respond.

// SkipsReads reports whether an earlier check of the plan has shown that no read of the task is
// worth a request: Tallyfy refuses all reads of the organization, or does not respond.
func (p *Preflight) SkipsReads(ref tallyfy.TaskRef) bool { return p.refusedBefore(ref) != nil }

// Unread notes that another check could not read a task, and that it began at this time. The
// warnings are about a refusal that the plan has not reported yet.
func (p *Preflight) Unread(ref tallyfy.TaskRef, began time.Time, err error) (warnings []Notice) {
	warnings = p.refusal(ref, false, err)
	_ = p.failed(err, began) // it returns err
	return warnings
}
