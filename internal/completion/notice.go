// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Notice is something that the user should read.
type Notice struct {
	// Summary is a title of at most 60 characters.
	Summary string
	// Detail says what was being done, what came back, what it means for the task, and what to do.
	Detail string
	// Attribute is the one it is about, by the name that Tallyfy's API has for it; empty for the task as a whole.
	Attribute string
	// Key is the element of the attribute that it is about; empty for all of it.
	Key string
}

// Failure is a notice that ends an operation.
type Failure struct {
	Notice
	// Others are what is wrong beside it.
	Others []Notice
	cause  error
}

// Error gives the summary and the detail.
func (f *Failure) Error() string { return f.Summary + ": " + f.Detail }

// Unwrap gives the client's error, if there was one.
func (f *Failure) Unwrap() error { return f.cause }

// The attributes that notices point to.
const (
	attrTaskID     = "task_id"
	attrIsApproved = "is_approved"
	attrTaskdata   = "taskdata"
	attrFormFields = "form_fields"
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
	parts := []string{s.doing + ": " + cameBack(s.cause) + ".", s.means, next, saidBy(s.cause)}
	return &Failure{
		Notice: Notice{Summary: s.summary, Detail: paragraphs(parts...), Attribute: s.attribute},
		cause:  s.cause,
	}
}

// cameBack says in a sentence's end what an attempt brought.
func cameBack(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Status == 0 && e.Cause == nil { // it was stopped before a request was made
		return e.GaveUp
	}
	came := e.Came()
	if e.Status != 0 {
		came = "Tallyfy answered " + came
	}
	if e.Attempts > 1 && !strings.Contains(e.GaveUp, "attempts") {
		came += fmt.Sprintf(", after %d attempts", e.Attempts)
	}
	if e.GaveUp != "" {
		came += "; " + e.GaveUp
	}
	return came
}

// saidBy repeats the server's own words and names the request, for whoever has to look further.
func saidBy(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return ""
	}
	var lines []string
	if e.Words != "" {
		lines = append(lines, "Tallyfy said: "+e.Words)
	}
	if e.Method != "" {
		lines = append(lines, "Request: "+e.Method+" "+e.Path)
	}
	if e.RequestID != "" {
		lines = append(lines, "Request id: "+e.RequestID)
	}
	if e.Earlier != nil {
		lines = append(lines, "An earlier attempt was answered: "+e.Earlier.Came())
		if e.Earlier.Words != "" {
			lines = append(lines, "Tallyfy said: "+e.Earlier.Words)
		}
		if e.Earlier.RequestID != "" {
			lines = append(lines, "Request id: "+e.Earlier.RequestID)
		}
	}
	return strings.Join(lines, "\n")
}

// advice says what to do about an answer, as far as its status tells.
func advice(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch {
	case e.GaveUp == tallyfy.Cancelled:
		return "Apply again when you are ready; the provider looks at the task before it sends anything."
	case tallyfy.IsNoEndpoint(err):
		return "Tallyfy does not know the path at all: check base_url (its default ends in /api, and api.tallyfy.com is used without it)."
	case e.Status == 401:
		return "Check the access token: a personal token ends after six months, and as soon as its owner logs out of Tallyfy. " +
			"Tallyfy also answers 401 when a token may not do this."
	case e.Status == 403:
		return "Check that organization_id is the token's organization, and that its owner may complete this task."
	case e.Status == 404:
		return "Check organization_id, run_id and task_id. A task of a run is completed with its run_id, a one-off task without; " +
			"without run_id the provider takes the run that Tallyfy tells."
	case tallyfy.IsRateLimited(err):
		return "Wait and apply again; raise max_retries or the operation's timeouts if this happens often."
	case e.Status >= 300 && e.Status < 400:
		return "Redirects are not followed, since that would hand the access token on: set base_url to the address it points to if you trust it."
	case e.Status >= 400 && e.Outcome == tallyfy.Rejected:
		return "Correct what Tallyfy names below, in the configuration or in the task, and apply again."
	case e.Outcome == tallyfy.NotSent:
		return "Check base_url, the network and its proxy, and apply again."
	case e.Outcome == tallyfy.Accepted:
		return "Something else than Tallyfy's API seems to answer: check base_url and the proxies on the way."
	}
	return "Apply again when Tallyfy answers."
}

// paragraphs joins what is not empty with blank lines.
func paragraphs(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n\n")
}

// name tells a person which task is meant.
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
	return fmt.Sprintf("task %s of run %s", ref.Task, ref.Run)
}
