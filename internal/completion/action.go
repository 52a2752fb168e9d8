// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"regexp"
	"strings"
)

// unrecorded replaces what notices say of a completion that is recorded, for an action, which records nothing.
var unrecorded = strings.NewReplacer(
	"It is recorded as it is, and no completion was sent", "No completion was sent",
	"Applying this records it as it is and sends no completion, unless the same apply reopens the task first and completes it again.",
	"The action sends no completion, unless the task is reopened before.",
	"If the task holds what becomes known, applying this records the completion and sends nothing. If it does not, the apply fails and sends no completion",
	"If the task holds what becomes known, the action sends nothing. If it does not, the action fails and sends no completion",
	"Either change the configuration to what the task holds, and apply to record it. Or, to overrule what was done, apply an update, which reopens the task and completes it again, so that webhooks and emails fire again: "+
		"import the task first if it is not in the state, run terraform untaint first if it is tainted, and do not replace it.", "Either remove the action, or change it to what the task holds. "+
		"Or, to overrule what was done, reopen the task in Tallyfy before the action is invoked, which completes the task again.",
	"The completion was recorded for this block too, and nothing was sent.", "Nothing was sent for this action.",
	"If the task was reopened, the next plan shows it.", "If the task was reopened, invoke the action again to complete it.",
	"The same is recorded for this block, and nothing was sent.", "Nothing was sent for this action.",
	"the task is as it was, and it is not in the state.", "the task is as it was.",
	"This completion is not in the state, and nothing more was sent;", "Nothing more was sent;",
	"Either change the configuration to what the task holds, and apply again to record it. Or, to overrule what was done, "+
		"import the task if it is not in the state, and apply: that is an update, which reopens the task and completes it again", "Either remove the action, or change it to what the task holds. "+
		"Or, to overrule what was done, reopen the task in Tallyfy before the action is invoked, which completes the task again",
	"The true status is recorded. No further completion will be sent for it; refresh to see when the task is done.",
	"The action keeps no record of it: invoked again while the task is open, it sends another completion.",
	"The completion is recorded as Tallyfy reports it. Check", "Check",
	"The completion is recorded without its details, and will not be sent again; the next refresh fills them in if the task can be read then.",
	"The action keeps no record of it: invoked again, it sends another completion unless Tallyfy shows this one by then.",
	"Check the task's form in Tallyfy. The completion will not be sent again.", "Check the task's form in Tallyfy.",
	"The next plan shows the difference as an update, which reopens the task and completes it again. Apply it to overrule the decision, or set",
	"To overrule the decision, reopen the task in Tallyfy and invoke the action again; or set",
	"the provider reads the task first, and records it without sending anything if it is completed as configured",
	"the provider reads the task first, and sends nothing if it is completed as configured",
)

// importing is what a notice says about an import, which an action does not need.
var importing = regexp.MustCompile(` The ID to import is "[^"]*"\.`)

// invoked replaces the advice to apply again, for an action that was invoked: Terraform does not invoke it again by every apply.
var invoked = strings.NewReplacer(
	"Apply again", "Invoke the action again",
	"apply again", "invoke the action again",
	"the next apply sends", "the next invocation sends",
)

// saidByTallyfy begins what is not ours to reword.
const saidByTallyfy = "\n\nTallyfy said: "

// PlannedAction returns a notice about an action that is only planned. It says nothing of a record, because an action keeps none.
func PlannedAction(n Notice) Notice {
	n.Detail = importing.ReplaceAllString(unrecorded.Replace(n.Detail), "")
	return n
}

// InvokedAction returns a notice about an action that was invoked. Its advice is to invoke the action again instead of to apply again.
func InvokedAction(n Notice) Notice {
	n = PlannedAction(n)
	ours, said, found := strings.Cut(n.Detail, saidByTallyfy)
	n.Detail = invoked.Replace(ours)
	if found {
		n.Detail += saidByTallyfy + said
	}
	return n
}
