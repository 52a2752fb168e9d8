// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"testing"
)

func TestGetRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, progress string }{
		"wrapped":         {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":{"done": 1}}}`, `{"done": 1}`},
		"bare":            {`{"id":"aaaa","name":"Launch","status":"active","progress":40}`, `40`},
		"progress null":   {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":null}}`, ``},
		"progress absent": {`{"data":{"id":"aaaa","name":"Launch","status":"active","more":[]}}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			client, w := newScriptedClient(t, 0, ok(c.body))
			got, err := client.GetRun(t.Context(), org, run)
			if err != nil {
				t.Errorf("%v", err)
				return
			}
			if got.ID != run || got.Name != "Launch" || got.Status != "active" || string(got.Progress) != c.progress {
				t.Errorf("got %+v", got)
			}
			if asked := w.requests[0]; asked.method != "GET" || asked.path != "/api/organizations/c0ffee/runs/aaaa" || asked.query != "" {
				t.Errorf("asked %+v", asked)
			}
		})
	}
	for body, says := range map[string]string{
		``:                       "the response is empty",
		`<title>Sign in</title>`: `the response is an HTML page titled "Sign in"`,
		`{"data":`:               "the response broke off",
		`[1]`:                    "the response is not a process",
		`{"data":{}}`:            "the response is not a process",
		`{"data":{"id":"bbbb"}}`: "the response is about another process",
	} {
		t.Run(body, func(t *testing.T) {
			client, _ := newScriptedClient(t, 0, ok(body))
			got, err := client.GetRun(t.Context(), org, run)
			if got != nil || err == nil || OutcomeOf(err) != Accepted {
				t.Errorf("got %+v, %v", got, err)
				return
			}
			contains(t, err.Error(), says)
		})
	}
	client, w := newScriptedClient(t, 1, reply{status: 502}, reply{status: 404, body: `{"message":"Resource not found"}`})
	if _, err := client.GetRun(t.Context(), org, run); !IsNotFound(err) || w.count("GET") != 2 {
		t.Errorf("got %v after %d requests", err, w.count("GET"))
	}
	if _, err := client.GetRun(t.Context(), org, ".."); OutcomeOf(err) != NotSent || Repeatable(err) {
		t.Errorf("an id that is a path: %v", err)
	}
}
