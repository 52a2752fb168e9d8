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

// What replaces a secret in a text.
const (
	hiddenToken  = "(access token)"
	hiddenSecret = "(client secret)"
	hiddenValue  = "(write-only value)"
)

const (
	// shortestValue is the length in characters from which a value is redacted. Shorter ones are found in any text.
	shortestValue = 4
	// shortestLine is the same for a line of a value that has several, as far as it is a word: the words of a text are no secrets, and
	// an error in which they are redacted says nothing.
	shortestLine = 8
)

// secrets are what must be in no error and in no log. They grow, because tokens come in responses. The zero value holds none.
type secrets struct {
	mu    sync.RWMutex
	known []knownSecret // the longest first
}

// hidden is a secret and what stands for it.
type knownSecret struct{ value, label string }

// add learns a secret in all its spellings.
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

// addValue learns a value that may have several lines, each of which may be quoted alone. A byte order mark and whitespace around it
// need not be repeated.
func (s *secrets) addValue(value string) {
	trimmed := trimText(value)
	if utf8.RuneCountInString(value) < shortestValue {
		return
	}
	s.add(value, hiddenValue)
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

// all returns the secrets that are known until now.
func (s *secrets) all() []knownSecret {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.known)
}

// list returns the values of the secrets that are known until now.
func (s *secrets) list() []string {
	known := s.all()
	values := make([]string, 0, len(known))
	for _, secret := range known {
		values = append(values, secret.value)
	}
	return values
}

// redact takes the secrets out of a text that someone else wrote.
func (s *secrets) redact(text string) string { return redactAll(text, s.all()) }

// span is a part of a text that holds a secret.
type span struct {
	start, end int
	label      string
}

// hide replaces every part of a text that belongs to a secret, also where it is escaped. Secrets that overlap are replaced together, so
// that no rest of one is left beside the other.
func redactAll(text string, known []knownSecret) string {
	var spans []span
	for _, r := range decodings(text) {
		spans = append(spans, find(r, known)...)
	}
	if len(spans) == 0 {
		return text
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	for from, i := 0, 0; ; {
		whole := spans[i]
		for i++; i < len(spans) && spans[i].start < whole.end; i++ {
			if spans[i].end-spans[i].start > whole.end-whole.start { // the longer one has its name
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

// find returns the parts of the first text that hold a secret in this reading of it.
func find(r decoding, known []knownSecret) []span {
	var spans []span
	for _, secret := range known {
		first := len(spans)
		for from := 0; ; {
			at := strings.Index(r.text[from:], secret.value)
			if at < 0 {
				break
			}
			start, end := r.origin(from+at, from+at+len(secret.value))
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

// secretsKey is the key of the context's value that holds the secrets of [WithSecrets].
type secretsKey struct{}

// WithSecrets returns a context whose requests carry these values in confidence, such as those of write-only arguments: the client
// redacts them in everything that it makes of a response. Values of fewer than 4 characters are ignored, because they would be found
// in any text. The values of ctx itself are kept.
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

// redactor returns what takes the secrets of the client and of ctx out of a text.
func (c *Client) redactor(ctx context.Context) func(string) string {
	carried := secretsOf(ctx)
	return func(text string) string {
		known := append(c.secrets.all(), carried...)
		slices.SortStableFunc(known, func(a, b knownSecret) int { return cmp.Compare(len(b.value), len(a.value)) })
		return redactAll(text, known)
	}
}

// redactError returns err with the secrets taken out of its text.
func redactError(err error, redact func(string) string) error {
	if said := redact(err.Error()); said != err.Error() {
		return &describedError{said, err}
	}
	return err
}

// withoutValues returns what automations changed without the values of forms: members that hold them are dropped, and secrets redacted.
// If there is nothing to take out, it is returned as it was written.
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

// cleaned is withoutValues for decoded JSON. It changes v in place, and reports whether it did.
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
