// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Notice is a message for the user.
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
	// The write-only attributes.
	attrSecretTaskdata   = "taskdata_wo" //nolint:gosec // the name of an attribute
	attrSecretFormFields = "form_fields_wo"
)

// completing is the operation that failures of this package are about.
var completing = notice.Operation{
	Repeat:    "apply again",
	Cancelled: "The provider reads the task before it sends anything.",
	ByStatus: map[int]string{
		http.StatusForbidden: "Check that organization_id is the token's organization, and that its owner may complete this task.",
		http.StatusNotFound: "Check organization_id, run_id and task_id. A task of a process is completed with its run_id, a one-off task without; " +
			"without run_id, the provider uses the process that Tallyfy reports.",
		http.StatusConflict: "Another change to the same process was in progress, or the account has reached a limit. Apply again; lower -parallelism if it happens often.",
		http.StatusLocked:   "The process has an open issue, and its tasks cannot change until it is resolved: resolve the issue in Tallyfy, then apply again.",
	},
}

// advice returns what to do about the failure of a request; it is empty if err is not a
// [*tallyfy.Error].
func advice(err error) string { return completing.Advice(err) }

// failed returns the failure that a report describes, with the [advice] on its cause if the report
// has no remedy.
func failed(report notice.Report) *Failure {
	report.Remedy = cmp.Or(report.Remedy, advice(report.Cause))
	return report.Failure()
}

// statusOf returns the HTTP status of the response; 0 if there was no response, or no error.
func statusOf(err error) int {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Status
}
