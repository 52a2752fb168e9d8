// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"maps"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// wantedObservations returns what the suite has to see in the sandbox, with the verdict, by the IDs
// of observations.
func wantedObservations(v sandbox.Vintage) map[string]string {
	want := maps.Clone(ofToday)
	if v == sandbox.Legacy {
		maps.Copy(want, ofLegacy)
	}
	return want
}

const notTried = "→ not observed"

var ofToday = map[string]string{
	"creation-status":    "201 → as expected",
	"creation-run":       "null → as expected",
	"creation-deadline":  "moved → as expected",
	"open-status":        "not-started → as expected",
	"open-approval":      "null → as expected",
	"plain-get-form":     "absent → as expected",
	"owners-in-get":      "integers → as expected",
	"request-id":         "yes → as expected",
	"rate-limit-headers": "none → as expected",

	"update-status":         "200 → as expected",
	"unknown-field":         "dropped without an error → as expected",
	"plain-get-taskdata":    "absent → answers an unknown",
	"include-envelope":      "wrapped → as expected",
	"answer-member":         "field_value → as expected",
	"value-multiselect":     "3 options, 1 selected → as expected",
	"value-dropdown":        "an object with id, text → as expected",
	"value-date":            "9999-99-99 99:99:99, the same instant in UTC → answers an unknown",
	"value-html":            "as sent → answers an unknown",
	"value-line-breaks":     "as sent → answers an unknown",
	"value-whitespace":      "as sent → answers an unknown",
	"update-ignores-status": "200, still open → as expected",

	"text-255":               "422 Text must not be greater than 200 characters. → as expected",
	"textarea-6001":          "200, stored → as expected",
	"textarea-number":        "422 Textarea must be a string. → as expected",
	"date-number":            "422 Date is not a valid date. → as expected",
	"dropdown-mismatch":      "422 Invalid dropdown choice selected. → as expected",
	"file-by-url":            "200, stored → as expected",
	"one-off-partial-update": "422 The deadline field is required. (and 2 more errors) → as expected",

	"completion-status":      "200 → as expected",
	"completed-word":         "completed → as expected",
	"completer-guest-member": "completer_guest_id → as expected",
	"one-off-rules":          "absent → as expected",
	"read-lag":               "1 → answers an unknown",
	"list-lag":               "1 → as expected",

	"second-completion":         "200, completed_at unchanged → as expected",
	"second-completion-updated": "unchanged → answers an unknown",
	"update-completed":          "422 A completed task cannot be updated. → as expected",
	"reopen-status":             "200 → as expected",
	"reopened-word":             "in-progress → as expected",
	"reopened-facts":            "none → as expected",
	"reopen-open":               "422 This task is not completed. → as expected",

	"completion-taskdata": "ignored → as expected",
	"required-field":      "422, errors by the ID of the field → as expected",

	"approval-without-decision": "422 The is approved field is required. → as expected",
	"rejection":                 "200, false → as expected",
	"decision-change":           "200, false → answers an unknown",
	"override-self":             "200, recorded: yes → answers an unknown",
	"completion-comment":        "200, threads are not shown → answers an unknown",

	"archive-status":      "204 → as expected",
	"archived-get":        "200, archived_at set → answers an unknown",
	"archived-completion": "422 This task is archived. → answers an unknown",

	"search":           "yes → answers an unknown",
	"filter-complete":  "the completed one → as expected",
	"filter-completed": "both → as expected",
	"filter-owners":    "neither → as expected",
	"list-owners":      "objects → as expected",
	"list-links":       "[] → as expected",
	"page-size":        "10 → as expected",
	"page-maximum":     "100 → as expected",

	"unknown-task":       "404 Resource not found (RESOURCE_NOT_FOUND) → as expected",
	"unknown-path":       "404 API endpoint not found (ENDPOINT_NOT_FOUND) → as expected",
	"other-organization": "403 You don't have application's permissions for this organization! (YOU_DON'T_HAVE_APPLICATIO) → as expected",
	"invalid-token":      "401 Unauthenticated. → as expected",
	"no-client-header":   "404 Not found. Error Code: apsh546. → as expected",
	"unknown-completion": "404 Resource not found (RESOURCE_NOT_FOUND) → as expected",

	"launch-status":           "201 → as expected",
	"run-status":              "active → as expected",
	"run-progress":            "an object with complete, percent, total → as expected",
	"routing-trap":            "404 Resource not found (RESOURCE_NOT_FOUND) → as expected",
	"routing-trap-one-off":    "404 Resource not found (RESOURCE_NOT_FOUND) → as expected",
	"rules-empty":             "[] → as expected",
	"hidden-completion":       "422 This task is hidden and cannot be completed. → as expected",
	"archived-run-status":     "200, archived → as expected",
	"archived-run-task":       "404 Resource not found (RESOURCE_NOT_FOUND) → as expected",
	"archived-run-completion": "404 Resource not found (RESOURCE_NOT_FOUND) → as expected",
	"activated-run-task":      "yes → as expected",

	"application-me":         "401 Unauthenticated. → as expected",
	"application-completion": "200 → as expected",

	"everyone-must-complete": notTried,
	"not-an-assignee":        notTried,
	"open-issue":             notTried,
	"rate-limit-body":        notTried,
}

// ofLegacy is what is different in a sandbox of the other vintage.
var ofLegacy = map[string]string{
	"completer-guest-member": "completer_guest → as expected",
	"second-completion":      "422 This task is already completed. → as expected",
	"completion-taskdata":    "saved → as expected",
	"decision-change":        "422 This task is already completed., false → answers an unknown",
	"rules-empty":            "{} → as expected",
}
