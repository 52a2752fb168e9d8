// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"errors"
	"fmt"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Notice is something that the user should read.
type Notice = notice.Notice

// Failure is a notice that ends an operation.
type Failure = notice.Failure

// The attributes that notices point to.
const (
	attrTaskID       = "task_id"
	attrRunID        = "run_id"
	attrIsApproved   = "is_approved"
	attrTaskdata     = "taskdata"
	attrFormFields   = "form_fields"
	attrOverrideUser = "override_user"
	// The write-only ones.
	attrSecretTaskdata   = "taskdata_wo" //nolint:gosec // the name of an attribute
	attrSecretFormFields = "form_fields_wo"
)

// story is a failure told in order. Empty parts are left out.
type story struct {
	summary, attribute string
	doing              string // begins the sentence that tells what came back, such as `Completing task "t"`
	means              string // what it means for the task
	next               string // what to do; the advice for the answer's status where empty
	cause              error
}

func (s story) failure() *Failure {
	next := s.next
	if next == "" {
		next = advice(s.cause)
	}
	return notice.Report{Summary: s.summary, Attribute: s.attribute, Action: s.doing, Effect: s.means, Remedy: next, Cause: s.cause}.Failure()
}

// statusOf returns the HTTP status that a request was answered with; 0 if there was no response, or no error.
func statusOf(err error) int {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Status
}

// advice says what to do about an answer, as far as its status tells.
func advice(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return ""
	}
	if e.Advice != "" {
		return e.Advice
	}
	switch {
	case e.GaveUp == tallyfy.Cancelled:
		return "Apply again when you are ready; the provider reads the task before it sends anything."
	case tallyfy.IsNotMade(err):
		return "Apply again. Raise the operation's timeouts if this happens often."
	case tallyfy.IsNoEndpoint(err):
		return "Tallyfy does not know the path at all: check base_url (its default ends in /api, and api.tallyfy.com is used without it), " +
			"and that no proxy on the way strips the X-Tallyfy-Client header."
	case e.Status == 401:
		return "Check the access token. A personal token ends after six months, and as soon as its owner logs out of Tallyfy: " +
			"create a new one under Settings > Integrations > REST API. Tallyfy also answers 401 if a token is valid and may not do this."
	case e.Status == 403:
		return "Check that organization_id is the token's organization, and that its owner may complete this task."
	case e.Status == 404:
		return "Check organization_id, run_id and task_id. A task of a process is completed with its run_id, a one-off task without; " +
			"without run_id the provider takes the process that Tallyfy reports."
	case tallyfy.IsRateLimited(err):
		return "Wait and apply again; raise max_retries or the operation's timeouts if this happens often."
	case e.Status == 409:
		return "Another change to the same process was under way, or the account has reached a limit. Apply again; lower -parallelism if it happens often."
	case e.Status == 423:
		return "The process has an open issue, and its tasks cannot change until it is resolved: resolve the issue in Tallyfy, then apply again."
	case e.Status >= 300 && e.Status < 400:
		return "Redirects are not followed, since that would hand the access token on: set base_url to the address it points to if you trust it."
	case e.Status >= 400 && e.Outcome == tallyfy.Rejected:
		return "Correct what Tallyfy names below, in the configuration or in the task, and apply again."
	case e.Outcome == tallyfy.NotSent:
		return "Check base_url, the network and its proxy, and apply again."
	case e.Status >= 200 && e.Status < 300:
		return "Something else than Tallyfy's API seems to answer: check base_url and the proxies on the way."
	}
	return "Apply again when Tallyfy responds."
}

// name names a task to a person.
func name(task *tallyfy.Task) string {
	if task.Title == "" {
		return fmt.Sprintf("Task %s", task.ID)
	}
	return fmt.Sprintf("Task %q (%s)", task.Title, task.ID)
}

// where names a task of which only the ids are known.
func where(ref tallyfy.TaskRef) string {
	if ref.Run == "" {
		return "task " + ref.Task
	}
	return fmt.Sprintf("task %s of process %s", ref.Task, ref.Run)
}
