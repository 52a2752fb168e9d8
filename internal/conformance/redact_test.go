// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	s := Settings{
		Token: "tok-123", Organization: "acme-org", Template: "tmpl-9", ClientID: "4711", ClientSecret: "s3cret",
		BaseURL: &url.URL{Scheme: "https", Host: "tallyfy.corp.example:8443", Path: "/api"},
	}
	r := newRedactor(s, object{"email": "jane@corp.example", "full_name": "Jane Doe", "first_name": "José", "last_name": "Doe", "username": "user"})
	for text, want := range map[string]string{
		"token tok-123 of ACME-ORG":                        "token <token> of <organization>",
		"Bearer abc.def failed":                            "<token> failed",
		"eyJhbGciOi.eyJzdWIi.sig-1":                        "<token>",
		"jane@corp.example, max+x@b.c and a%40b.example":   "<email>, <email> and <email>",
		"José, user; users":                                "<user>, <user>; users",
		"The user user of a user":                          "The <user> <user> of a <user>",
		"Jane Doe did it, said doe; does not":              "<user> did it, said <user>; does not",
		"task 7a5c0000000000000000000000000001 is gone":    "task <ID> is gone",
		"id 01234567-89AB-cdef-0123-456789abcdef.":         "id <ID>.",
		"at https://tallyfy.corp.example:8443/api/x, so":   "at <URL> so",
		"dial tcp 10.0.0.7:443: host tallyfy.corp.example": "dial tcp <address>: host <host>",
		"tmpl-9 4711 s3cret":                               "<template> <application> <secret>",
		"404 Resource not found (RESOURCE_NOT_FOUND)":      "404 Resource not found (RESOURCE_NOT_FOUND)",
		"9999-99-99 99:99:99, the same instant, 3 options": "9999-99-99 99:99:99, the same instant, 3 options",
		"two\nlines": "two lines",
		"422 This task is already completed. (ALREADY_COMP)":  "422 This task is already completed. (ALREADY_COMP)",
		`{"self":"https:\/\/tallyfy.corp.example:8443\/api"}`: `{"self":"<URL>"}`,
	} {
		if got := r.redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	r = newRedactor(s, object{"id": json.Number("1001"), "organization": object{"name": "Acme Rockets", "slug": "acme"}}, "Ask Jane", "Approve")
	for text, want := range map[string]string{
		"user 1001 of Acme Rockets":   "user <user> of <name>",
		"21001 or 10012":              "21001 or 10012",
		`the step "ask jane" is open`: `the step "<name>" is open`,
		`"Approve" or approve`:        "<name> or approve",
		"422 Acme is not a plan":      "422 Acme is not a plan",
		`"acme" is not on a plan`:     "<name> is not on a plan",
	} {
		if got := r.redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := newRedactor(s, object{"id": json.Number("422")}).redact("422 no"); got != "422 no" {
		t.Errorf("got %q", got)
	}
	long := strings.Repeat("an error in two lines\n", 20)
	if got := r.clean(long + "tok-123"); got != long+"<token>" {
		t.Errorf("got %q", got)
	}
	if got := r.redact(strings.Repeat("ä", 500)); len([]rune(got)) != 200 || !strings.HasSuffix(got, "…") {
		t.Errorf("got %d characters", len([]rune(got)))
	}
}

// TestRedactDefault keeps Tallyfy's own address out of the text too, and does not replace what is
// empty.
func TestRedactDefault(t *testing.T) {
	t.Parallel()
	r := newRedactor(Settings{Token: "x1", IsDefault: true, BaseURL: &url.URL{Host: "go.tallyfy.com"}}, nil)
	if got := r.redact("Resource not found"); got != "Resource not found" {
		t.Errorf("got %q", got)
	}
}

// TestNamesIn finds the names of a response at any depth, but not the suite's own.
func TestNamesIn(t *testing.T) {
	t.Parallel()
	got := namesIn(object{
		"data": []any{object{"title": "Ask Jane", "id": "x", "owners": object{"users": []any{object{"full_name": "Jane Doe"}}}}, object{"title": titlePrefix + " (1): x"}},
		"meta": object{"name": "ab"},
	})
	if want := []string{"Jane Doe", "Ask Jane"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
