// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Labels that replace a secret in a text.
const (
	hiddenToken  = "(access token)"
	hiddenSecret = "(client secret)"
	hiddenValue  = "(write-only value)"
)

const (
	// shortestValue is the length in characters from which a value is redacted, with each run of
	// whitespace as one space. Shorter values occur in any text.
	shortestValue = 4
	// shortestLine is the same for a line of a multi-line value that is a word. Words of a text are
	// not secrets, and an error in which they are redacted is useless.
	shortestLine = 8
)

// secrets are the values that errors and logs must not contain. Tokens are added as they are
// fetched. The zero value is empty.
type secrets struct {
	mu    sync.RWMutex
	known []knownSecret // the longest first
}

// knownSecret is a secret in one spelling, and the label that replaces it.
type knownSecret struct{ value, label string }

// add adds a secret in all its spellings.
func (s *secrets) add(secret, label string) {
	if secret == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, spelled := range spellings(secret) {
		if learned := (knownSecret{spelled, label}); !slices.Contains(s.known, learned) {
			s.known = append(s.known, learned)
		}
	}
	slices.SortStableFunc(s.known, func(a, b knownSecret) int { return cmp.Compare(len(b.value), len(a.value)) })
}

// addValue adds a value that may have several lines, each of which a server may quote alone, with
// or without a byte order mark and whitespace around it.
func (s *secrets) addValue(value string) {
	if utf8.RuneCountInString(collapse(value)) < shortestValue {
		return
	}
	s.add(value, hiddenValue)
	trimmed := trimText(value)
	if utf8.RuneCountInString(trimmed) >= shortestValue {
		s.add(trimmed, hiddenValue)
	}
	lines := strings.FieldsFunc(trimmed, func(r rune) bool { return r == '\n' || r == '\r' })
	for _, line := range lines {
		if line = trimText(line); len(lines) > 1 && isDistinctive(line) {
			s.add(line, hiddenValue)
		}
	}
}

func trimText(s string) string { return strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")) }

// marshal is [json.Marshal] without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// all returns the secrets that are known so far.
func (s *secrets) all() []knownSecret {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.known)
}

// list returns the values of the secrets that are known so far.
func (s *secrets) list() []string {
	known := s.all()
	values := make([]string, 0, len(known))
	for _, secret := range known {
		values = append(values, secret.value)
	}
	return values
}

// redact replaces the secrets in a text.
func (s *secrets) redact(text string) string { return redactAll(text, s.all()) }

// span is a part of a text that contains a secret.
type span struct {
	start, end int
	label      string
}

// redactAll replaces every part of a text that belongs to a secret, even if it is escaped.
// Overlapping secrets are replaced together, so that no remainder of one is left beside the other.
func redactAll(text string, known []knownSecret) string {
	var spans []span
	for _, d := range decodings(text) {
		spans = append(spans, find(d, known)...)
	}
	if len(spans) == 0 {
		return text
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	for from, i := 0, 0; ; {
		whole := spans[i]
		for i++; i < len(spans) && spans[i].start < whole.end; i++ {
			if spans[i].end-spans[i].start > whole.end-whole.start { // the longer one provides the label
				whole.label = spans[i].label
			}
			whole.end = max(whole.end, spans[i].end)
		}
		b.WriteString(text[from:whole.start])
		b.WriteString(whole.label)
		from = whole.end
		if i == len(spans) {
			b.WriteString(text[from:])
			return b.String()
		}
	}
}

// find returns the parts of the original text that contain a secret in this decoding of it.
func find(d decoding, known []knownSecret) []span {
	var spans []span
	for _, secret := range known {
		first := len(spans)
		for from := 0; ; {
			at := strings.Index(d.text[from:], secret.value)
			if at < 0 {
				break
			}
			start, end := d.origin(from+at, from+at+len(secret.value))
			if last := len(spans) - 1; last >= first && start < spans[last].end {
				spans[last].end = max(spans[last].end, end)
			} else {
				spans = append(spans, span{start, end, secret.label})
			}
			from += at + 1
		}
	}
	return spans
}

// secretsKey is the context key of the secrets of [WithSecrets].
type secretsKey struct{}

// WithSecrets returns a context whose requests carry these secret values, such as those of
// write-only arguments. The client redacts them in everything that it derives from a response.
// Values of fewer than 4 characters, without the whitespace around them, are ignored, because they
// occur in any text. The values of ctx are kept.
func WithSecrets(ctx context.Context, values ...string) context.Context {
	carried := &secrets{known: secretsOf(ctx)}
	for _, value := range values {
		carried.addValue(value)
	}
	return context.WithValue(ctx, secretsKey{}, carried)
}

func secretsOf(ctx context.Context) []knownSecret {
	if carried, ok := ctx.Value(secretsKey{}).(*secrets); ok {
		return carried.all()
	}
	return nil
}

// redactor returns a function that replaces the secrets of the client and of ctx in a text.
func (c *Client) redactor(ctx context.Context) func(string) string {
	carried := secretsOf(ctx)
	return func(text string) string {
		known := append(c.secrets.all(), carried...)
		slices.SortStableFunc(known, func(a, b knownSecret) int { return cmp.Compare(len(b.value), len(a.value)) })
		return redactAll(text, known)
	}
}

// redactError returns err with the secrets in its text replaced.
func redactError(err error, redact func(string) string) error {
	if text := redact(err.Error()); text != err.Error() {
		return &describedError{text, err}
	}
	return err
}

// withoutValues returns what automations changed without form values: members that contain them are
// removed, and secrets are redacted. If there is nothing to remove, the JSON is returned unchanged.
func withoutValues(rules json.RawMessage, redact func(string) string) json.RawMessage {
	if rules == nil {
		return nil
	}
	cleaned, changed := cleaned(decode(rules), redact)
	if !changed {
		return rules
	}
	written, err := marshal(cleaned)
	if err != nil {
		return nil
	}
	return written
}

// cleaned is withoutValues for decoded JSON. It reports whether the result differs from v, whose
// lists it changes in place.
func cleaned(v any, redact func(string) string) (clean any, changed bool) {
	switch v := v.(type) {
	case string:
		clean := redact(v)
		return clean, clean != v
	case json.Number:
		if clean := redact(v.String()); clean != v.String() {
			return clean, true
		}
	case []any:
		for i, element := range v {
			inner, different := cleaned(element, redact)
			v[i], changed = inner, changed || different
		}
		return v, changed
	case map[string]any:
		members := make(map[string]any, len(v))
		for key, member := range v {
			if key == "taskdata" || key == "form_fields" {
				changed = true
				continue
			}
			inner, different := cleaned(member, redact)
			name := redact(key)
			members[name], changed = inner, changed || different || name != key
		}
		return members, changed
	}
	return v, false
}
