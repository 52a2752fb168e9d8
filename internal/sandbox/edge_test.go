// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The edge responds before the API checks the path or the token.
func TestStripClientHeader(t *testing.T) {
	c := start(t, sandbox.Config{StripClientHeader: true}, processTask())
	for _, r := range []struct{ method, path, body string }{
		{http.MethodGet, runTask, ""},
		{http.MethodPatch, runTask, ""},
		{http.MethodPost, runPost, completion},
		{http.MethodGet, "/nothing", ""},
	} {
		t.Run(r.method, func(t *testing.T) {
			for _, token := range []string{sandbox.DefaultToken, "wrong"} {
				got := c.as(token, r.method, r.path, r.body)
				if got.status != http.StatusNotFound || got.at() != `{"message":"Not found. Error Code: apsh546."}` {
					t.Errorf("%s %s: got %d %s", r.method, r.path, got.status, got.raw)
				}
			}
		})
	}
	if c.state().CompletedAt != "" || c.lastNote() != "refused by the edge: no X-Tallyfy-Client header" {
		t.Errorf("note %q, task %+v", c.lastNote(), c.state())
	}
	if got := c.ask(form, grant().Encode()); got.status != http.StatusOK {
		t.Errorf("the application got %d instead of a token", got.status)
	}
}

func TestDate(t *testing.T) {
	const want = "Wed, 06 Jun 2035 12:00:00 GMT"
	east := noon.In(time.FixedZone("east", 7200))
	c := start(t, sandbox.Config{
		Now:       func() time.Time { return east },
		RateLimit: sandbox.RateLimit{Requests: 3, Per: time.Second},
	}, processTask())
	date := func(status int, path string) []string {
		return c.expect(status, http.MethodGet, path, "").header["Date"]
	}
	for _, test := range []struct {
		name   string
		fault  *sandbox.Fault
		status int
		path   string
		want   string // "" for none
	}{
		{"read", nil, http.StatusOK, runTask, want},
		{"refusal", nil, http.StatusNotFound, "/nothing", want},
		{"fault", &sandbox.Fault{Status: 502}, 502, runTask, want},
		{"handled fault", &sandbox.Fault{Status: 502, Handle: true}, 502, runTask, want},
		{"delayed", &sandbox.Fault{Delay: 1}, http.StatusOK, runTask, want},
		{"fault with a date", &sandbox.Fault{Status: 502, Header: http.Header{"date": {"yesterday"}}}, 502, runTask, "yesterday"},
		{"fault without a date", &sandbox.Fault{Status: 502, Header: http.Header{"Date": nil}}, 502, runTask, ""},
		{"another read", nil, http.StatusOK, runTask, want},
		{"rate limit", nil, http.StatusTooManyRequests, runTask, want},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.fault != nil {
				c.Inject(*test.fault)
			}
			got := date(test.status, test.path)
			if (test.want == "") != (len(got) == 0) || (len(got) > 0 && got[0] != test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The date is that of the response, not that of the request.
func TestDateInBubble(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: time.Minute}, func(c *client) {
		began := time.Now()
		c.Inject(sandbox.Fault{Delay: time.Hour})
		got := c.expect(http.StatusOK, http.MethodGet, runTask, "")
		if want := began.Add(time.Hour + time.Minute).UTC().Format(http.TimeFormat); got.header.Get("Date") != want {
			t.Errorf("got %q, want %q", got.header.Get("Date"), want)
		}
	}, processTask())
}
