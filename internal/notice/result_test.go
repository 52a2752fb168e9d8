// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestOutcome(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"it broke":                       errors.New("it broke"),
		"Tallyfy returned 403 Forbidden": &tallyfy.Error{Status: 403, Outcome: tallyfy.Rejected, Attempts: 1},
		"Tallyfy returned 502 Bad Gateway, after 3 attempts": &tallyfy.Error{Status: 502, Outcome: tallyfy.Unknown, Attempts: 3},
		"Tallyfy returned 200 OK, but the response is empty": &tallyfy.Error{Status: 200, Cause: errors.New("the response is empty")},
		`200 OK, but the response is an HTML page titled "Sign in", after 2 attempts`: &tallyfy.Error{
			Status: 200, Outcome: tallyfy.Unknown, Attempts: 2, Cause: errors.New(`the response is an HTML page titled "Sign in"`),
		},
		"the proxy returned 407 Proxy Authentication Required": &tallyfy.Error{Status: 407, Outcome: tallyfy.Rejected, Attempts: 1},
		"no such host; gave up after 5 attempts: no retries are left": &tallyfy.Error{
			Cause: errors.New("no such host"), Attempts: 5, GaveUp: fmt.Errorf("gave up after 5 attempts: %w", tallyfy.ErrOutOfRetries),
		},
		"no such host, after 5 attempts; the operation's timeout passed": &tallyfy.Error{
			Cause: errors.New("no such host"), Attempts: 5, GaveUp: tallyfy.ErrTimedOut,
		},
		"not sent":                   &tallyfy.Error{Outcome: tallyfy.NotSent},
		tallyfy.ErrCancelled.Error(): &tallyfy.Error{Outcome: tallyfy.NotSent, GaveUp: tallyfy.ErrCancelled},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := Outcome(err); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestServerMessage(t *testing.T) {
	t.Parallel()
	err := &tallyfy.Error{
		Method: "GET", Path: "/me", Cause: errors.New("reset"),
		Earlier: &tallyfy.Error{Status: 503, ServerMessage: "Busy", RequestID: "r-1"},
	}
	want := "Request: GET /me\nResponse to an earlier attempt: 503 Service Unavailable\nTallyfy said: Busy\nRequest ID: r-1"
	if got := ServerMessage(err); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	page := &tallyfy.Error{Status: 200, Outcome: tallyfy.Unknown, ServerMessage: "Sign in"}
	if got := ServerMessage(page); got != "The response said: Sign in" {
		t.Errorf("got %q of a page", got)
	}
	if got := ServerMessage(errors.New("it broke")); got != "" {
		t.Errorf("got %q of no request", got)
	}
}
