// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"errors"
	"net/http"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Operation is what a failed request was for, as far as the advice depends on it.
type Operation struct {
	// Repeat is how the user repeats the operation, such as "apply again".
	Repeat string
	// Cancelled is what a user should know after a cancellation, in a sentence.
	Cancelled string
	// ByStatus is the advice on the statuses 403, 404, 409 and 423, which depends on what was
	// requested. It may lack any of them.
	ByStatus map[int]string
}

// reading is an operation that only reads.
var reading = Operation{Repeat: "run Terraform again", Cancelled: "Nothing was changed."}

// Advice returns what to do about the failure of a request that reads, as far as the failure alone
// shows. It is empty if that depends on what was requested, as it does for 403 and for the 404 of
// an object.
func Advice(err error) string { return reading.Advice(err) }

// Advice returns what to do about the failure of a request (API.md §3). It is empty if err is not a
// [*tallyfy.Error], and for a 403 or 404 that is not in ByStatus.
func (o Operation) Advice(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return ""
	}
	if e.Advice != "" {
		return e.Advice
	}
	advice, ok := o.ByStatus[e.Status]
	switch {
	case errors.Is(e.GaveUp, tallyfy.ErrCancelled):
		return Capitalize(o.Repeat) + " when you are ready. " + o.Cancelled
	case tallyfy.IsNotAttempted(err):
		return Capitalize(o.Repeat) + ". Raise the operation's timeouts if this happens often."
	case tallyfy.IsNoEndpoint(err):
		return "Tallyfy's API has no such path: check base_url (its default ends in /api, and api.tallyfy.com is used without it), " +
			"and that no proxy removes the X-Tallyfy-Client header."
	case e.Status == http.StatusUnauthorized:
		return "Check the access token. A personal token ends after six months, and as soon as its owner logs out of Tallyfy: " +
			"create a new one under Settings > Integrations > REST API. Tallyfy also returns 401 if a token is valid but is not allowed to do this."
	case e.Status == http.StatusForbidden, e.Status == http.StatusNotFound:
		return advice
	case tallyfy.IsRateLimited(err):
		return "Wait, then " + o.Repeat + "; raise max_retries or the operation's timeouts if this happens often."
	case ok:
		return advice
	case e.Status >= 300 && e.Status < 400:
		return "Redirects are not followed, because that would send the access token to another address: set base_url to that address if you trust it."
	case e.Outcome == tallyfy.Rejected:
		return "Fix the problem that Tallyfy reports below, then " + o.Repeat + "."
	case e.Outcome == tallyfy.NotSent:
		return "Check base_url, the network and its proxy, then " + o.Repeat + "."
	case e.Outcome == tallyfy.Accepted, e.Status/100 == 2:
		return "The response does not look like Tallyfy's API: check base_url and any proxy in between."
	}
	return Capitalize(o.Repeat) + " when Tallyfy responds."
}
