// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add("", hiddenToken)
	if got := s.redact("nothing to hide"); got != "nothing to hide" {
		t.Errorf("got %q", got)
	}
	s.add("tok-1", hiddenToken)
	s.add("tok-12", hiddenToken) // the other is a part of it
	s.add("a+b/c", hiddenSecret)
	for given, want := range map[string]string{
		"tok-1 and tok-12 and tok-123": "(access token) and (access token) and (access token)3",
		"a+b/c":                        "(client secret)",
		"client_secret=a%2Bb%2Fc&x=1":  "client_secret=(client secret)&x=1",
	} {
		if got := s.redact(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
	s.add("tok-1", hiddenToken)
	if known := strings.Join(s.list(), " "); known != "a%2Bb%2Fc tok-12 tok-1 a+b/c" {
		t.Errorf("it knows %s", known)
	}
}

// A server that repeats what it was sent tells nobody, be it the one that gives out tokens or the API.
func TestSecretsAreInNoErrorAndNoLog(t *testing.T) {
	t.Parallel()
	const secret, old, current = "s3cr3t/+", "t0ken-1", "t0ken-2"
	echo := func(status int, heard ...string) reply {
		all := secret + strings.Join(heard, "")
		return reply{
			status: status, header: map[string]string{"X-Request-Id": "id " + all, "Location": "https://evil.test/" + all},
			body: `{"message":"` + all + `","errors":{"f":["client_secret=s3cr3t%2F%2B&x ` + strings.Repeat("x", maxWords-60) + ` ` + all + `"]}}`,
		}
	}
	for name, script := range map[string][]reply{
		"application":           {echo(401)},
		"application, text":     {{status: 400, body: "client_secret=s3cr3t%2F%2B"}},
		"application, redirect": {echo(302)},
		"no token in it":        {ok(`{"message":"` + secret + `","token":"` + current + `"}`)},
		"token as text":         {ok(current)},
		"API":                   {granted(old, 3600), echo(422, old)},
		"API, redirect":         {granted(old, 3600), echo(307, old)},
		"another one":           {granted(old, 3600), {status: 401}, granted(current, 3600), echo(401, old, current)},
		"no other":              {granted(old, 3600), echo(401, old), echo(401, old)},
		"answer to another one": {granted(old, 3600), {status: 401}, granted(current, 3600), {status: 404, body: old + " " + current}},
	} {
		client, w := scriptedApplication(t, 0, func(c *Config) {
			c.Credentials.ClientSecret = secret
			c.Log = func(_ context.Context, message string, fields map[string]any) {
				if line := fmt.Sprint(message, fields); leaks(line) {
					t.Errorf("%s: the log holds %s", name, line)
				}
			}
		}, script...)
		_, err := client.GetTask(t.Context(), processTask)
		if err == nil || leaks(err.Error()) || leaks(fmt.Sprintf("%+v", err)) || len(w.asked) != len(script) {
			t.Errorf("%s: after %d requests %v", name, len(w.asked), err)
		}
	}
}

// A secret that the end of what is repeated cuts in two is hidden all the same.
func TestASecretThatIsCutIsHidden(t *testing.T) {
	t.Parallel()
	for before := maxWords - len(testSecret) - 1; before < maxWords; before++ {
		client, _ := scriptedApplication(t, 0, nil, reply{status: 400, body: strings.Repeat("x", before) + testSecret})
		if _, err := client.GetTask(t.Context(), processTask); err == nil || strings.Contains(err.Error(), "xs") {
			t.Errorf("after %d others: %v", before, err)
		}
	}
}

// leaks tells whether a part of a secret of these tests is in a text.
func leaks(text string) bool {
	return strings.Contains(text, "s3cr3t") || strings.Contains(text, "t0ken")
}
