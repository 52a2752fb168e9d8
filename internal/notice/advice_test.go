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

func TestAdvice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		says string // empty for no advice
	}{
		"cancelled":      {&tallyfy.Error{Outcome: tallyfy.NotSent, GaveUp: tallyfy.ErrCancelled}, "when you are ready"},
		"not made":       {timedOut(t), "Raise the operation's timeouts"},
		"no endpoint":    {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, Code: "ENDPOINT_NOT_FOUND"}, "check base_url"},
		"no header":      {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, ServerMessage: "Not found. Error Code: apsh546."}, "removes the X-Tallyfy-Client header"},
		"no object":      {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, Code: "RESOURCE_NOT_FOUND"}, ""},
		"401":            {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 401}, "Check the access token"},
		"403":            {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 403}, ""},
		"429":            {&tallyfy.Error{Outcome: tallyfy.RejectedForNow, Status: 429}, "Wait, then run Terraform again"},
		"redirect":       {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 302}, "Redirects are not followed"},
		"422":            {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 422}, "Fix the problem that Tallyfy reports"},
		"not sent":       {&tallyfy.Error{Outcome: tallyfy.NotSent, Cause: errors.New("refused")}, "the network and its proxy"},
		"not to be read": {&tallyfy.Error{Outcome: tallyfy.Accepted, Status: 200, Cause: errors.New("empty")}, "does not look like Tallyfy's API"},
		"page":           {&tallyfy.Error{Outcome: tallyfy.Unknown, Status: 200, Cause: errors.New("page")}, "does not look like Tallyfy's API"},
		"own advice":     {&tallyfy.Error{Outcome: tallyfy.NotSent, Advice: "Check the certificate."}, "Check the certificate."},
		"500":            {&tallyfy.Error{Outcome: tallyfy.Unknown, Status: 500}, "when Tallyfy responds"},
		"no response":    {errors.New("it broke"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Advice(c.err); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}

// TestOperationAdvice checks what an operation adds to the advice on a status, and what it does not
// replace.
func TestOperationAdvice(t *testing.T) {
	t.Parallel()
	o := Operation{Repeat: "apply again", Cancelled: "Nothing is lost.", ByStatus: map[int]string{404: "Check task_id.", 409: "Wait.", 429: "Never."}}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no object":   {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, Code: "RESOURCE_NOT_FOUND"}, "Check task_id."},
		"no endpoint": {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404, Code: "ENDPOINT_NOT_FOUND"}, "Tallyfy's API has no such path"},
		"conflict":    {&tallyfy.Error{Outcome: tallyfy.RejectedForNow, Status: 409}, "Wait."},
		"rate limit":  {&tallyfy.Error{Outcome: tallyfy.RejectedForNow, Status: 429}, "Wait, then apply again; raise max_retries"},
		"not listed":  {&tallyfy.Error{Outcome: tallyfy.Rejected, Status: 403}, ""},
		"cancelled":   {&tallyfy.Error{Outcome: tallyfy.NotSent, GaveUp: tallyfy.ErrCancelled}, "Apply again when you are ready. Nothing is lost."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := o.Advice(c.err); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// timedOut returns the failure of a request whose time was over before it was sent.
func timedOut(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), time.Time{})
	defer cancel()
	return tallyfy.Stopped(ctx, "")
}
