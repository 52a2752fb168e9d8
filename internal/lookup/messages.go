// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// lag is a hint about every list.
const lag = "Tallyfy's lists may lag behind a change: if the task was added or renamed just now, run Terraform again in a moment."

// notUnique is the failure if no task or several tasks of the process match.
func (m matcher) notUnique(run string, tasks, found []*tallyfy.Task) *notice.Failure {
	doing := fmt.Sprintf("Searching process %s for the task with the %s %q: ", run, m.attribute, m.value)
	n := notice.Notice{Attribute: m.attribute}
	switch {
	case len(found) > 0:
		n.Summary = "Several Tasks Match"
		n.Detail = notice.Paragraphs(
			doing+fmt.Sprintf("%d of its %d tasks have it, and the provider does not choose between them.", len(found), len(tasks)),
			"They are (alias – title – ID):"+candidates(found),
			"Use the task_id of the one that you mean, or an alias that no other task has.")
	case len(tasks) == 0:
		n.Summary = "No Task Matches"
		n.Detail = notice.Paragraphs(doing+"Tallyfy lists no task in it.", "Check run_id. "+lag)
	default:
		n.Summary = "No Task Matches"
		next := "Fix " + m.attribute + ", or use task_id. "
		if meant := m.nearest(tasks); meant != "" {
			next = fmt.Sprintf("Did you mean %q? ", meant) + next
		}
		n.Detail = notice.Paragraphs(
			doing+fmt.Sprintf("no task has it. Tasks in the process: %d.", len(tasks)),
			"They are (alias – title – ID):"+candidates(tasks),
			next+lag)
	}
	return &notice.Failure{Notice: n}
}

// renamed is the failure if the task was renamed after the list was taken. name is its name now.
func (m matcher) renamed(ref tallyfy.TaskRef, name string) *notice.Failure {
	return &notice.Failure{Notice: notice.Notice{
		Summary:   "Task Was Renamed",
		Attribute: m.attribute,
		Detail: notice.Paragraphs(
			fmt.Sprintf("The list of its process shows %s with the %s %q, and the task itself has the %s %s. The list lags behind a change.",
				notice.TaskRef(ref), m.attribute, m.value, m.attribute, quoted(name)),
			"Fix "+m.attribute+", or use task_id."),
	}}
}

// notRead is the failure to read a task that a list shows.
func (m matcher) notRead(ref tallyfy.TaskRef, err error) *notice.Failure {
	report := notice.Report{
		Summary:   "Task Could Not Be Read",
		Attribute: m.attribute,
		Action:    "Reading " + notice.TaskRef(ref) + fmt.Sprintf(", which has the %s %q", m.attribute, m.value),
		Remedy:    advice(err, "task", "task_id"),
		Cause:     err,
	}
	if tallyfy.IsNotFound(err) {
		report.Remedy = "The list of the process shows it. Lists may lag behind a change, so the task was probably deleted. Run Terraform again in a moment."
	}
	return report.Failure()
}

// taskNotRead is the failure to read a task by its ID.
func taskNotRead(ref tallyfy.TaskRef, err error) *notice.Failure {
	report := notice.Report{Summary: "Task Could Not Be Read", Attribute: "task_id", Action: "Reading " + notice.TaskRef(ref), Remedy: advice(err, "task", "task_id"), Cause: err}
	if tallyfy.IsNotFound(err) && ref.Run != "" {
		report.Remedy = "Check organization_id, run_id and task_id. Without run_id, the whole organization is searched for the task. " + destroyHint
	}
	return report.Failure()
}

func runNotRead(id string, err error) *notice.Failure {
	return notice.Report{Summary: "Process Could Not Be Read", Attribute: "run_id", Action: "Reading process " + id, Remedy: advice(err, "process", "run_id"), Cause: err}.Failure()
}

func notListed(list tallyfy.List, err error) *notice.Failure {
	what, id, attribute := "organization", list.Organization, "organization_id"
	if list.Run != "" {
		what, id, attribute = "process", list.Run, "run_id"
	}
	report := notice.Report{
		Summary: "Tasks Could Not Be Listed", Attribute: attribute, Action: "Listing the tasks of " + what + " " + id,
		Remedy: advice(err, what, attribute), Cause: err,
	}
	if errors.As(err, new(*tallyfy.IncompleteError)) {
		report.Summary = "Task List Is Incomplete"
		report.Effect = "The provider does not use a part of a list, because the missing tasks could change the result. It chose no task, and it sent no change to Tallyfy."
		report.Remedy = "Run Terraform again in a moment, because a list can change while its pages are read. " +
			"If the error persists, read each task by its task_id, which needs no list."
	}
	return report.Failure()
}

// destroyHint is a hint for a destroy that fails because it reads data sources too.
const destroyHint = "To destroy without reading it, use terraform destroy -refresh=false."

// advice returns what to do about a response, if that depends on what was read: what, which an
// attribute names. It is empty if the response says enough.
func advice(err error, what, attribute string) string {
	status := tallyfy.StatusOf(err)
	switch {
	case attribute == "organization_id" && (tallyfy.IsNotFound(err) || status == http.StatusForbidden):
		return "Check that organization_id is the token's organization. " + destroyHint
	case tallyfy.IsNotFound(err):
		return fmt.Sprintf("Check organization_id and %s. A deleted %s cannot be read. ", attribute, what) + destroyHint
	case status == http.StatusForbidden:
		return "Check that organization_id is the token's organization, and that the token's owner may see the " + what + ". " + destroyHint
	case status == http.StatusUnauthorized:
		return notice.Advice(err) + " " + destroyHint
	}
	return ""
}
