// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// redactor removes what identifies an account from a text that is published.
type redactor struct {
	rules []redaction
}

type redaction struct {
	pattern *regexp.Regexp
	with    string
}

// patterns are removed whatever account it is: tokens, emails, URLs, IDs. [CODE] of API.md §5 has the form of IDs.
var patterns = []redaction{
	{regexp.MustCompile(`(?i)bearer\s+[^\s"',;]+`), "<token>"},
	{regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?`), "<token>"},
	{regexp.MustCompile(`(?i)[\w.+-]+(?:@|%40|\\u0040)[\w-]+(?:\.[\w-]+)*`), "<email>"},
	{regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*:\\?/\\?/[^\s"'<>)]+`), "<URL>"},
	{regexp.MustCompile(`(?i)\b[a-f0-9]{8}-?(?:[a-f0-9]{4}-?){3}[a-f0-9]{12}\b`), "<ID>"},
	{regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b`), "<address>"},
}

// newRedactor returns a redactor for an account. me is GET /me, or nil.
func newRedactor(s Settings, me object) *redactor {
	r := &redactor{}
	add := func(secret, with string) {
		if secret != "" {
			r.rules = append(r.rules, redaction{regexp.MustCompile(`(?i)` + regexp.QuoteMeta(secret)), with})
		}
	}
	add(s.Token, "<token>")
	add(s.ClientSecret, "<secret>")
	add(s.ClientID, "<application>")
	add(s.Organization, "<organization>")
	add(s.Template, "<template>")
	for _, member := range []string{"email", "username", "full_name", "first_name", "last_name"} {
		text, _ := me[member].(string)
		if utf8.RuneCountInString(text) > 2 { // a shorter one may be a part of any word
			add(text, "<user>")
		}
	}
	r.rules = append(r.rules, patterns...)
	if s.BaseURL != nil && !s.IsDefault {
		add(s.BaseURL.Host, "<host>")
		add(s.BaseURL.Hostname(), "<host>")
	}
	return r
}

// redact returns the text without what identifies the account, on one line and not longer than a cell of a table.
func (r *redactor) redact(text string) string {
	for _, rule := range r.rules {
		text = rule.pattern.ReplaceAllLiteralString(text, rule.with)
	}
	return shorten(strings.Join(strings.Fields(text), " "), 200)
}

// shorten cuts a text to a number of characters.
func shorten(text string, length int) string {
	runes := []rune(text)
	if len(runes) <= length {
		return text
	}
	return string(runes[:length-1]) + "…"
}
