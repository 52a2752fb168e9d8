// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"strings"
	"testing"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://go.tallyfy.com/api":   "https://go.tallyfy.com/api",
		"https://go.tallyfy.com/api//": "https://go.tallyfy.com/api",
		"https://api.tallyfy.com":      "https://api.tallyfy.com",
		"http://127.0.0.1:8787/api":    "http://127.0.0.1:8787/api",
		"http://[::1]:80":              "http://[::1]:80",
		"http://LocalHost/":            "http://LocalHost",
	} {
		t.Run(given, func(t *testing.T) {
			u, err := ParseBaseURL(given)
			if err != nil || u.String() != want {
				t.Errorf("got %v, %v; want %s", u, err, want)
			}
		})
	}
	for given, want := range map[string]string{
		"":                                "must begin with https://",
		"go.tallyfy.com/api":              "must begin with https://",
		"ftp://go.tallyfy.com":            "must begin with https://",
		"https://":                        "has no host",
		"http://go.tallyfy.com/api":       "plain http",
		"http://127.0.0.1.evil.test":      "plain http",
		"https://me:pw@go.tallyfy.com":    "user name or password",
		"https://go.tallyfy.com/api?x=1":  "query",
		"https://go.tallyfy.com/api#frag": "fragment",
		"https://go.tallyfy.com/\x7f":     "cannot be read",
	} {
		t.Run(given, func(t *testing.T) {
			if _, err := ParseBaseURL(given); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

func TestCheckID(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"7a5c0000000000000000000000000001", "task_id_abc", "a.b", "..."} {
		if err := CheckID(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", " ", "a b", "a\n", "a/b", "a?b", "a#b", "a%2f", ".", "..", "a\x00"} {
		if CheckID(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestCheckToken(t *testing.T) {
	t.Parallel()
	if err := CheckToken("eyJhbGciOi.J9._-"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "secret\n", "sec ret", "Bearer secret", "bearer secret", "sécret"} {
		t.Run(bad, func(t *testing.T) {
			err := CheckToken(bad)
			if err == nil {
				t.Errorf("%q was taken", bad)
			} else if bad != "" && strings.Contains(err.Error(), strings.TrimSpace(bad)) {
				t.Errorf("the error quotes the token: %v", err)
			}
		})
	}
}

// An ID that the caller did not check must not become another path.
func TestEscape(t *testing.T) {
	t.Parallel()
	client, w := newScriptedClient(t, 0, ok(openTask))
	_, _ = client.GetTask(context.Background(), TaskRef{Organization: "a/b", Run: "c?d", Task: "e%2f#"})
	if got, want := w.requests[0].path, "/api/organizations/a%2Fb/runs/c%3Fd/tasks/e%252f%23"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{"", ".", ".."} {
		if _, err := client.Complete(context.Background(), TaskRef{Organization: bad, Task: task}, Completion{}); err == nil {
			t.Errorf("organization %q was sent", bad)
		}
	}
	if n := len(w.requests); n != 1 {
		t.Errorf("%d requests were made", n)
	}
}
