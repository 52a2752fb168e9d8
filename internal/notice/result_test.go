// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestCameBack(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"it broke":                       errors.New("it broke"),
		"Tallyfy answered 403 Forbidden": &tallyfy.Error{Status: 403, Outcome: tallyfy.Rejected, Attempts: 1},
		"Tallyfy answered 502 Bad Gateway, after 3 attempts": &tallyfy.Error{Status: 502, Outcome: tallyfy.Unknown, Attempts: 3},
		"Tallyfy answered 200 OK, but the response is empty": &tallyfy.Error{Status: 200, Cause: errors.New("the response is empty")},
		`200 OK, but the response is an HTML page titled "Sign in", after 2 attempts`: &tallyfy.Error{
			Status: 200, Outcome: tallyfy.Unknown, Attempts: 2, Cause: errors.New(`the response is an HTML page titled "Sign in"`),
		},
		"the proxy answered 407 Proxy Authentication Required": &tallyfy.Error{Status: 407, Outcome: tallyfy.Rejected, Attempts: 1},
		"no such host; gave up after 5 attempts":               &tallyfy.Error{Cause: errors.New("no such host"), Attempts: 5, GaveUp: "gave up after 5 attempts"},
		tallyfy.Cancelled:                                      &tallyfy.Error{Outcome: tallyfy.NotSent, GaveUp: tallyfy.Cancelled},
	} {
		if got := Outcome(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSaidBy(t *testing.T) {
	t.Parallel()
	err := &tallyfy.Error{
		Method: "GET", Path: "/me", Cause: errors.New("reset"),
		Earlier: &tallyfy.Error{Status: 503, ServerMessage: "Busy", RequestID: "r-1"},
	}
	want := "Request: GET /me\nAn earlier attempt was answered: 503 Service Unavailable\nTallyfy said: Busy\nRequest id: r-1"
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

func TestAdvice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		says string // empty for no advice
	}{
		"cancelled":      {&tallyfy.Error{Outcome: tallyfy.NotSent, GaveUp: tallyfy.Cancelled}, "when you are ready"},
		"not made":       {timedOut(t), "raise the operation's timeouts"},
		"no endpoint":    {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, Code: "ENDPOINT_NOT_FOUND"}, "check base_url"},
		"no header":      {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, ServerMessage: "Not found. Error Code: apsh546."}, "removes the X-Tallyfy-Client header"},
		"no object":      {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, Code: "RESOURCE_NOT_FOUND"}, ""},
		"401":            {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 401}, "Check the access token"},
		"403":            {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 403}, ""},
		"429":            {&tallyfy.Error{Outcome: tallyfy.RejectedForNow, Status: 429}, "Wait and run it again"},
		"redirect":       {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 302}, "Redirects are not followed"},
		"422":            {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 422}, "Correct what Tallyfy names"},
		"not sent":       {&tallyfy.Error{Outcome: tallyfy.NotSent, Cause: errors.New("refused")}, "the network and its proxy"},
		"not to be read": {&tallyfy.Error{Outcome: tallyfy.Accepted, Status: 200, Cause: errors.New("empty")}, "Something else than Tallyfy's API"},
		"page":           {&tallyfy.Error{Outcome: tallyfy.Unknown, Status: 200, Cause: errors.New("page")}, "Something else than Tallyfy's API"},
		"own advice":     {&tallyfy.Error{Outcome: tallyfy.NotSent, Advice: "Check the certificate."}, "Check the certificate."},
		"500":            {&tallyfy.Error{Outcome: tallyfy.Unknown, Status: 500}, "when Tallyfy answers"},
		"no answer":      {errors.New("it broke"), ""},
	} {
		got := Advice(c.err)
		if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: got %q, want %q", name, got, c.says)
		}
	}
}

// timedOut returns the failure of a request whose time was over before it was made.
func timedOut(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), time.Time{})
	defer cancel()
	return tallyfy.Stopped(ctx, "")
}
