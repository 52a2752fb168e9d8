// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"cmp"
	"net/http"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Subject is what the messages of an operation are about. An action keeps no record, and Terraform
// does not repeat it with each apply, so its messages differ from those of a resource. Each message
// is written for its subject: replacing words in a finished one could change Tallyfy's.
type Subject int

const (
	// Resource is a block of the resource. The state records its completion.
	Resource Subject = iota
	// PlannedAction is an action that an apply is going to invoke.
	PlannedAction
	// InvokedAction is an action while it runs.
	InvokedAction
)

// choose returns the text for a resource, or the one for an action.
func (s Subject) choose(resource, action string) string {
	if s == Resource {
		return resource
	}
	return action
}

// again returns how the user repeats the operation, within a sentence.
func (s Subject) again() string {
	if s == InvokedAction {
		return "invoke the action again"
	}
	return "apply again"
}

// againFirst is [Subject.again] at the beginning of a sentence.
func (s Subject) againFirst() string { return notice.Capitalize(s.again()) }

// next names the operation that follows.
func (s Subject) next() string {
	if s == InvokedAction {
		return "the next invocation"
	}
	return "the next apply"
}

// advice returns what to do about the failure of a request; it is empty if err is not a
// [*tallyfy.Error].
func (s Subject) advice(err error) string {
	completing := notice.Operation{
		Repeat:    s.again(),
		Cancelled: "The provider reads the task before it sends anything.",
		ByStatus: map[int]string{
			http.StatusForbidden: "Check that organization_id is the token's organization, and that its owner may complete this task.",
			http.StatusNotFound: "Check organization_id, run_id and task_id. A task of a process is completed with its run_id, a one-off task without; " +
				"without run_id, the provider uses the process that Tallyfy reports.",
			http.StatusConflict: "Another change to the same process was in progress, or the account has reached a limit. " +
				s.againFirst() + "; lower -parallelism if it happens often.",
			http.StatusLocked: "The process has an open issue, and its tasks cannot change until it is resolved: resolve the issue in Tallyfy, then " + s.again() + ".",
		},
	}
	return completing.Advice(err)
}

// failed returns the failure that a report describes, with the advice on its cause if the report
// has no remedy.
func (s Subject) failed(report notice.Report) *Failure {
	report.Remedy = cmp.Or(report.Remedy, s.advice(report.Cause))
	return report.Failure()
}

// overrule returns what to do about a task that was completed differently. resource is the advice
// on a resource, to which the import ID is added.
func (s Subject) overrule(task *tallyfy.Task, resource string) string {
	return s.choose(resource+" "+importID(task), "Either remove the action, or change it to match the task. "+
		"Or, to overrule what was done, reopen the task in Tallyfy before the action is invoked, which completes the task again.")
}
