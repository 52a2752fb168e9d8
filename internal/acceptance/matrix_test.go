// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file is the fault matrix. The first table lists what can go wrong with a request and what
// that means, by the outcome table of DESIGN.md. The second table lists what each meaning leads to,
// for each request of each operation. Every fault is tested on every request: TestMatrix runs all
// of them over the provider's protocol, and TestMatrixUnderTheCLI those that users are likely to
// see.

// meaning is what a fault means for the request that it hits.
type meaning string

const (
	fine         meaning = "a response in an undocumented format"
	unsent       meaning = "not sent"
	lost         meaning = "unknown outcome, and not handled"
	lostHandled  meaning = "unknown outcome, and handled"
	busy         meaning = "rejected for now"
	busyHandled  meaning = "rejected for now, and handled nevertheless"
	busyTooLong  meaning = "rejected for longer than the operation may take"
	longHandled  meaning = "a Retry-After longer than the operation may take, and handled"
	refused      meaning = "rejected"
	absent       meaning = "there is no such task"
	noEndpoint   meaning = "there is no such path"
	noSuchCall   meaning = "there is no such call"
	cut          meaning = "accepted, and the response is truncated"
	unreadable   meaning = "accepted, with an empty response"
	foreign      meaning = "a 2xx that is not from Tallyfy, and not handled"
	ours         meaning = "a 2xx that is not from Tallyfy, and handled"
	serversWords         = "the vault is closed on Sundays"
)

// fault is something that can go wrong with a request.
type fault struct {
	name  string
	means meaning
	// met is true if users are likely to see the fault: it is tested with a real CLI too.
	met bool
	// respond returns what the sandbox does; nil if the request is not sent.
	respond func(*testCase, string) sandbox.Fault
	// broken is why the request is not sent, if respond is nil.
	broken breakage
	// waits is true if all requests of a process wait because of the fault. It is then not combined
	// with other faults of the process.
	waits bool
}

var faults = []fault{
	{name: "dial refused", means: unsent, broken: dialRefused},
	{name: "TLS handshake fails", means: unsent, broken: handshakeFails},

	{name: "dropped before handling", means: lost, met: true, respond: always(sandbox.Fault{Drop: true})},
	{name: "handled, dropped before the first byte", means: lostHandled, met: true, respond: always(sandbox.Fault{Handle: true, Drop: true})},
	{name: "timeout before handling", means: lost, met: true, respond: always(sandbox.Fault{Delay: time.Hour})},
	{name: "timeout after handling", means: lostHandled, met: true, respond: always(sandbox.Fault{Handle: true, Delay: time.Hour})},
	{name: "500", means: lost, respond: status(500)},
	{name: "500, handled", means: lostHandled, met: true, respond: handled(status(500))},
	{name: "502 with a page", means: lost, met: true, respond: page(502)},
	{name: "502 with a page, handled", means: lostHandled, respond: handled(page(502))},
	{name: "503", means: lost, met: true, respond: status(503)},
	{name: "503, handled", means: lostHandled, respond: handled(status(503))},
	{name: "504", means: lost, respond: status(504)},
	{name: "504, handled", means: lostHandled, met: true, respond: handled(status(504))},

	{name: "408", means: lost, respond: status(408)},
	{name: "408, handled", means: lostHandled, respond: handled(status(408))},
	{name: "425", means: lost, respond: status(425)},
	{name: "520", means: lost, respond: page(520)},
	{name: "522, handled", means: lostHandled, respond: handled(page(522))},
	{name: "524, handled", means: lostHandled, met: true, respond: handled(page(524))},
	{name: "530", means: lost, respond: page(530)},

	{name: "503 for a second", means: lost, waits: true, respond: after(503, "1")},
	{name: "503 for a second, handled", means: lostHandled, met: true, waits: true, respond: handled(after(503, "1"))},
	{name: "503 for ages", means: busyTooLong, respond: after(503, "864000")},
	{name: "503 for ages, handled", means: longHandled, respond: handled(after(503, "864000"))},
	{name: "429 for a second", means: busy, met: true, respond: after(429, "1")},
	{name: "429 for a second, handled", means: busyHandled, respond: handled(after(429, "1"))},
	{name: "429 until a date", means: busy, respond: untilDate(2 * time.Second)},
	{name: "429 until a date in the past", means: busy, respond: untilDate(-time.Hour)},
	{name: "429 for an absurd time", means: busyTooLong, met: true, respond: after(429, "99999999999999999")},
	{name: "429 until garbage", means: busy, respond: after(429, "a while")},
	{name: "429 without a word", means: busy, met: true, respond: status(429)},
	{name: "409 of a process that is busy", means: busy, respond: status(409)},

	{name: "401 in plain text", means: refused, met: true, respond: always(sandbox.Fault{Status: 401, Body: "Unauthorized: " + serversWords})},
	{name: "402", means: refused, respond: status(402)},
	{name: "403", means: refused, met: true, respond: status(403)},
	{name: "409", means: refused, respond: always(sandbox.Fault{Status: 409, Body: `{"error":{"code":"SEATS","message":"` + serversWords + `","details":null}}`})},
	{name: "422", means: refused, met: true, respond: always(sandbox.Fault{Status: 422, Body: `{"error":true,"errors":{"field":["` + serversWords + `"]}}`})},
	{name: "423", means: refused, respond: status(423)},
	{name: "301 to another host", means: refused, respond: redirect(301)},
	{name: "302 to another host", means: refused, met: true, respond: redirect(302)},
	{name: "307 to another host", means: refused, respond: redirect(307)},
	{name: "308 to another host", means: refused, respond: redirect(308)},
	{name: "404 of the task", means: absent, met: true, respond: notFound("RESOURCE_NOT_FOUND")},
	{name: "404 of the path", means: noEndpoint, met: true, respond: notFound("ENDPOINT_NOT_FOUND")},
	{name: "404 of the edge", means: noEndpoint, respond: always(sandbox.Fault{Status: 404, Body: `{"message":"Not found. Error Code: apsh546."}`})},
	{name: "405", means: noSuchCall, respond: status(405)},

	{name: "2xx that breaks off", means: cut, met: true, respond: raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":{\"id\":\"7a5")},
	{name: "2xx that breaks off in a chunk", means: cut, respond: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"data\":{\"id\":\"7a5")},
	{name: "2xx shorter than it says", means: cut, respond: raw("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"data\":{\"id\":\"7a5c\",\"status\":\"comp")},
	{name: "2xx, empty", means: unreadable, respond: body("")},
	{name: "204", means: unreadable, met: true, respond: always(sandbox.Fault{Handle: true, Status: 204})},
	{name: "2xx with an empty envelope", means: unreadable, respond: body(`{"data":{}}`)},
	{name: "2xx, truncated", means: cut, respond: body(`{"data":{"id":"7a5c`)},
	{name: "2xx with a page", means: foreign, met: true, respond: unhandled(body("<html><title>" + serversWords + "</title></html>"))},
	{name: "2xx with a page, handled", means: ours, met: true, respond: body("<html><title>Sign in</title></html>")},
	{name: "2xx with text", means: foreign, respond: unhandled(body("OK"))},
	{name: "2xx with an object that is empty", means: foreign, respond: unhandled(body("{}"))},
	{name: "2xx with a list that is empty", means: foreign, respond: unhandled(body("[]"))},
	{name: "2xx with an error", means: foreign, met: true, respond: unhandled(body(`{"error":true,"message":"` + serversWords + `"}`))},
	{name: "2xx with a list", means: ours, respond: body(`[{"id":"7a5c"}]`)},
	{name: "2xx with wrong types", means: ours, respond: body(`{"data":{"id":["7a5c"],"status":7,"completed_at":{"date":1}}}`)},
	{name: "2xx of 8 MB and more", means: ours, respond: body(`{"data":"` + strings.Repeat("long ", 2<<20) + `"}`)},
	{name: "2xx without an envelope", means: fine, respond: bare},
}

// expected is what a fault must lead to.
type expected struct {
	// fails reports whether the operation ends with an error.
	fails bool
	// puts, posts and deletes are the numbers of requests that the operation sends, and fired is
	// the number of completions whose webhooks fire.
	puts, posts, deletes, fired int
	// state is what is recorded afterwards; the zero value means a completed task.
	state recorded
	// next is the action of the next plan, without faults, and later is how often webhooks fire
	// when it is applied. The plan after that always has no changes.
	next  action
	later int
	// says is a part of the diagnostics, and nextSays a part of those of the next plan.
	says, nextSays string
}

type (
	recorded string
	action   string
)

const (
	completed recorded = "" // the default
	open      recorded = "open"
	nothing   recorded = "nothing"

	noChanges action = "" // the default
	creates   action = "create"
	updates   action = "update"
	deletes   action = "delete"
	fails     action = "fails" // until a person acts
)

const (
	notCompleted = "Task Was Not Completed"
	notRead      = "Task Could Not Be Read"
	notSaved     = "Field Values Could Not Be Saved"
	notReopened  = "Task Could Not Be Reopened"
	notFoundNow  = "Completed Task Cannot Be Found"
	unconfirmed  = "Field Values Not Confirmed"
	wasReopened  = "Task Was Reopened"
	hadReopened  = "The task had been reopened for this change"
)

// request is a request of an operation. skip is the number of earlier requests of this method in
// the operation: Terraform refreshes before it plans an update or a destroy.
type request struct {
	operation operation
	method    string
	skip      int
}

type operation string

const (
	create  operation = "create"  // a block with taskdata
	refresh operation = "refresh" // of a completed task
	update  operation = "update"  // of taskdata
	destroy operation = "destroy" // with reopen_on_destroy
)

// outcomes lists what the meanings of faults lead to for a request.
type outcomes struct {
	request
	comeTo []outcome
}

type outcome struct {
	of       []meaning
	expected expected
}

var matrix = []outcomes{
	{request{create, http.MethodGet, 0}, []outcome{ // the read before the completion: it is repeated
		{[]meaning{fine, unsent, lost, lostHandled, busy, busyHandled, absent, noEndpoint, noSuchCall, cut}, expected{puts: 1, posts: 1, fired: 1}},
		{[]meaning{busyTooLong, longHandled, refused, unreadable, foreign, ours}, expected{fails: true, state: nothing, next: creates, later: 1, says: notRead}},
	}},
	{request{create, http.MethodPut, 0}, []outcome{ // the request that saves the values: it is repeated
		{[]meaning{fine, unsent, unreadable, cut, ours}, expected{puts: 1, posts: 1, fired: 1}},
		{[]meaning{lost, lostHandled, busy, busyHandled, foreign}, expected{puts: 2, posts: 1, fired: 1}},
		{[]meaning{busyTooLong, longHandled, refused, absent, noEndpoint, noSuchCall}, expected{fails: true, puts: 1, state: nothing, next: creates, later: 1, says: notSaved}},
	}},
	{request{create, http.MethodPost, 0}, []outcome{ // the completion: sent again only if a read shows the task as open
		{[]meaning{fine, unsent, lostHandled, longHandled, cut, unreadable, ours}, expected{puts: 1, posts: 1, fired: 1}},
		{[]meaning{busyHandled}, expected{puts: 1, posts: 1, fired: 1, says: wasCompleted}}, // the rejection is trusted, so the completion must be someone else's
		{[]meaning{lost, busy, foreign}, expected{puts: 1, posts: 2, fired: 1}},
		{[]meaning{busyTooLong, refused, absent, noEndpoint, noSuchCall}, expected{fails: true, puts: 1, posts: 1, state: nothing, next: creates, later: 1, says: notCompleted}},
	}},

	{request{refresh, http.MethodGet, 0}, []outcome{ // no fault removes the completion from the state
		{[]meaning{fine, unsent, lost, lostHandled, busy, busyHandled, cut}, expected{}},
		{[]meaning{absent, noEndpoint, noSuchCall}, expected{says: notFoundNow}},
		{[]meaning{busyTooLong, longHandled, refused, unreadable, foreign, ours}, expected{fails: true, says: notRead}},
	}},

	{request{update, http.MethodGet, 1}, []outcome{ // as in a create
		{[]meaning{fine, unsent, lost, lostHandled, busy, busyHandled, absent, noEndpoint, noSuchCall, cut}, expected{deletes: 1, puts: 1, posts: 1, fired: 1}},
		{[]meaning{busyTooLong, longHandled, refused, unreadable, foreign, ours}, expected{fails: true, next: updates, later: 1, says: notRead}},
	}},
	{request{update, http.MethodDelete, 0}, []outcome{ // the reopening: sent again only if a read shows the task as completed
		{[]meaning{fine, unsent, lostHandled, busyHandled, cut, unreadable, ours}, expected{deletes: 1, puts: 1, posts: 1, fired: 1}},
		{[]meaning{lost, busy, foreign}, expected{deletes: 2, puts: 1, posts: 1, fired: 1}},
		{[]meaning{longHandled}, expected{fails: true, deletes: 1, next: creates, later: 1, says: hadReopened, nextSays: wasReopened}}, // the rest is not sent before the wait is over
		{[]meaning{busyTooLong, refused, absent, noEndpoint, noSuchCall}, expected{fails: true, deletes: 1, next: updates, later: 1, says: notReopened}},
	}},
	{request{update, http.MethodPut, 0}, []outcome{
		{[]meaning{fine, unsent, unreadable, cut, ours}, expected{deletes: 1, puts: 1, posts: 1, fired: 1}},
		{[]meaning{lost, lostHandled, busy, busyHandled, foreign}, expected{deletes: 1, puts: 2, posts: 1, fired: 1}},
		{[]meaning{busyTooLong, longHandled, refused, absent, noEndpoint, noSuchCall}, expected{fails: true, deletes: 1, puts: 1, next: creates, later: 1, says: hadReopened, nextSays: wasReopened}},
	}},
	{request{update, http.MethodPost, 0}, []outcome{
		{[]meaning{fine, unsent, lostHandled, longHandled, cut, unreadable, ours}, expected{deletes: 1, puts: 1, posts: 1, fired: 1}},
		{[]meaning{busyHandled}, expected{deletes: 1, puts: 1, posts: 1, fired: 1, says: wasCompleted}},
		{[]meaning{lost, busy, foreign}, expected{deletes: 1, puts: 1, posts: 2, fired: 1}},
		{[]meaning{busyTooLong, refused, absent, noEndpoint, noSuchCall}, expected{fails: true, deletes: 1, puts: 1, posts: 1, next: creates, later: 1, says: hadReopened, nextSays: wasReopened}},
	}},

	{request{destroy, http.MethodGet, 1}, []outcome{
		{[]meaning{fine, unsent, lost, lostHandled, busy, busyHandled, absent, noEndpoint, noSuchCall, cut}, expected{deletes: 1, state: nothing}},
		{[]meaning{busyTooLong, longHandled, refused, unreadable, foreign, ours}, expected{fails: true, next: deletes, says: notRead}},
	}},
	{request{destroy, http.MethodDelete, 0}, []outcome{
		{[]meaning{fine, unsent, lostHandled, longHandled, busyHandled, cut, unreadable, ours}, expected{deletes: 1, state: nothing}},
		{[]meaning{lost, busy, foreign}, expected{deletes: 2, state: nothing}},
		{[]meaning{busyTooLong, refused, absent, noEndpoint, noSuchCall}, expected{fails: true, deletes: 1, next: deletes, says: notReopened}}, // a later read still finds the task
	}},
}

// rows returns the rows of the matrix.
func rows() []row {
	var all []row
	for _, o := range matrix {
		for _, f := range faults {
			all = append(all, row{
				name:      fmt.Sprintf("%s %s: %s", o.operation, o.method, f.name),
				operation: o.operation,
				faults:    []hit{{fault: f, method: o.method, skip: o.skip}},
				cli:       f.met,
				batch:     batchOf(f),
				expected:  o.expected(f.means),
			})
		}
	}
	return all
}

func (o outcomes) expected(means meaning) expected {
	for _, outcome := range o.comeTo {
		for _, of := range outcome.of {
			if of == means {
				return outcome.expected
			}
		}
	}
	panic(fmt.Sprintf("the matrix has no outcome for %s %s: %q", o.operation, o.method, means))
}

// batchOf separates faults that would delay others in the same process, because all requests of a
// process wait for a rate limit.
func batchOf(f fault) string {
	switch {
	case f.waits, f.means == busy, f.means == busyHandled:
		return "busy: " + string(f.means)
	case f.means == busyTooLong, f.means == longHandled:
		return runAlone
	}
	return ""
}
