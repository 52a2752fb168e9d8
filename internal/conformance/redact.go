// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// redactor removes what identifies an account from a text that is published. A text is replaced in
// one pass, so that a replacement is not replaced again.
type redactor struct {
	pattern *regexp.Regexp // with one group for each entry of with
	with    []string
}

// redaction is what is removed, as a regular expression without groups, and what stands there
// instead.
type redaction struct{ pattern, with string }

// patterns are removed whatever account it is: tokens, emails, URLs, IDs and addresses. For the
// form of IDs see API.md §5.
var patterns = []redaction{
	{`(?i)bearer\s+[^\s"',;]+`, "<token>"},
	{`\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?`, "<token>"},
	{`(?i)[\w.+-]+(?:@|%40|\\u0040)[\w-]+(?:\.[\w-]+)*`, "<email>"},
	{`(?i)\b[a-z][a-z0-9+.-]*:\\?/\\?/[^\s"'<>)]+`, "<URL>"},
	{`(?i)\b[a-f0-9]{8}-?(?:[a-f0-9]{4}-?){3}[a-f0-9]{12}\b`, "<ID>"},
	{`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b`, "<address>"},
}

// newRedactor returns a redactor for an account. me is GET /me, or nil, and others are names that
// were read, of people, steps and fields.
func newRedactor(s Settings, me object, others ...string) *redactor {
	var all []redaction
	add := func(secret, with string) {
		if secret != "" {
			all = append(all, redaction{`(?i)` + regexp.QuoteMeta(secret), with})
		}
	}
	add(s.Token, "<token>")
	add(s.ClientSecret, "<secret>")
	add(s.ClientID, "<application>")
	add(s.Organization, "<organization>")
	add(s.Template, "<template>")
	all = append(all, patterns...)
	if s.BaseURL != nil && !s.IsDefault {
		add(s.BaseURL.Host, "<host>")
		add(s.BaseURL.Hostname(), "<host>")
	}
	for _, member := range []string{"email", "username", "full_name", "first_name", "last_name"} {
		text, _ := me[member].(string)
		if utf8.RuneCountInString(text) > 2 { // a shorter one may be a part of any word
			all = append(all, redaction{`(?i)` + wholeWord(text), "<user>"})
		}
	}
	if id := fmt.Sprint(me["id"]); isLongNumber.MatchString(id) { // a shorter one may be a status
		all = append(all, redaction{wholeWord(id), "<user>"})
	}
	for _, name := range append(namesIn(me), others...) {
		pattern := `(?i)"` + regexp.QuoteMeta(name) + `"`
		if strings.Contains(name, " ") { // one word may be a word of any text
			pattern = `(?i)` + wholeWord(name)
		}
		all = append(all, redaction{pattern, "<name>"})
	}
	r := &redactor{}
	var groups []string
	for _, one := range all {
		groups, r.with = append(groups, "("+one.pattern+")"), append(r.with, one.with)
	}
	r.pattern = regexp.MustCompile(strings.Join(groups, "|"))
	return r
}

// isLongNumber matches the IDs of users that are redacted.
var isLongNumber = regexp.MustCompile(`^\d{4,}$`)

// naming are the members of responses that name people, organizations, steps and fields.
var naming = []string{"name", "title", "label", "slug", "email", "username", "full_name", "first_name", "last_name", "phone"}

// namesIn returns the names in a decoded response, but not those that the suite gave.
func namesIn(value any) (names []string) {
	switch v := value.(type) {
	case object:
		for _, key := range keys(v) {
			text, isText := v[key].(string)
			switch {
			case !isText:
				names = append(names, namesIn(v[key])...)
			case slices.Contains(naming, key) && utf8.RuneCountInString(text) > 2 && !strings.HasPrefix(text, titlePrefix):
				names = append(names, text)
			}
		}
	case []any:
		for _, item := range v {
			names = append(names, namesIn(item)...)
		}
	}
	return names
}

// wholeWord returns a pattern of a text that is not a part of a longer word.
func wholeWord(text string) string {
	pattern := regexp.QuoteMeta(text)
	if isWord.MatchString(text[:1]) {
		pattern = `\b` + pattern
	}
	if isWord.MatchString(text[len(text)-1:]) {
		pattern += `\b`
	}
	return pattern
}

// isWord matches the characters that \b knows.
var isWord = regexp.MustCompile(`^\w$`)

// redact returns the text without what identifies the account, on one line and not longer than a
// cell of a table.
func (r *redactor) redact(text string) string {
	return shorten(strings.Join(strings.Fields(r.clean(text)), " "), 200)
}

// clean returns the whole text without what identifies the account.
func (r *redactor) clean(text string) string {
	var b strings.Builder
	rest := 0
	for _, found := range r.pattern.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[rest:found[0]])
		rest = found[1]
		for group, with := range r.with {
			if found[2+2*group] >= 0 {
				b.WriteString(with)
			}
		}
	}
	b.WriteString(text[rest:])
	return b.String()
}

// shorten cuts a text to a number of characters.
func shorten(text string, length int) string {
	runes := []rune(text)
	if len(runes) <= length {
		return text
	}
	return string(runes[:length-1]) + "…"
}
