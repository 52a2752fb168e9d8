// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/json"
	"testing"
)

// progressText returns the progress as JSON.
func progressText(t *testing.T, p *Progress) string {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGetRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, progress string }{
		"wrapped":           {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":{"complete":5,"total":10,"percent":50}}}`, `{"Complete":5,"Total":10,"Percent":50}`},
		"bare":              {`{"id":"aaaa","name":"Launch","status":"active","progress":{"complete":"1","total":"3","percent":"33.3"}}`, `{"Complete":1,"Total":3,"Percent":33.3}`},
		"zero":              {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":{"complete":0,"total":0,"percent":0}}}`, `{"Complete":0,"Total":0,"Percent":0}`},
		"only a percentage": {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":75}}`, `{"Complete":null,"Total":null,"Percent":75}`},
		"other types":       {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":{"complete":1.5,"total":[],"percent":"NaN"}}}`, `null`},
		"other members":     {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":{"completed":1}}}`, `null`},
		"progress empty":    {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":{}}}`, `null`},
		"progress a list":   {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":[]}}`, `null`},
		"progress null":     {`{"data":{"id":"aaaa","name":"Launch","status":"active","progress":null}}`, `null`},
		"progress absent":   {`{"data":{"id":"aaaa","name":"Launch","status":"active","more":[]}}`, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			client, w := newScriptedClient(t, 0, ok(c.body))
			got, err := client.GetRun(t.Context(), org, run)
			if err != nil {
				t.Errorf("%v", err)
				return
			}
			if got.ID != run || got.Name != "Launch" || got.Status != "active" || progressText(t, got.Progress) != c.progress {
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
