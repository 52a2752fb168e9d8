// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// What stands in a text where a secret was.
const (
	hiddenToken  = "(access token)"
	hiddenSecret = "(client secret)"
)

// secrets are what must be in no error and in no log. They grow, since tokens come in answers. The zero value holds none.
type secrets struct {
	mu    sync.RWMutex
	known []hidden // the longest first, so that none is taken for a part of another
}

// hidden is a secret and what stands for it.
type hidden struct{ value, label string }

// add learns a secret, also as a form that is sent spells it.
func (s *secrets) add(secret, label string) {
	if secret == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, spelled := range []string{secret, url.QueryEscape(secret)} {
		if learned := (hidden{spelled, label}); !slices.Contains(s.known, learned) {
			s.known = append(s.known, learned)
		}
	}
	slices.SortStableFunc(s.known, func(a, b hidden) int { return cmp.Compare(len(b.value), len(a.value)) })
}

// redact takes the secrets out of a text that somebody else wrote.
func (s *secrets) redact(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, secret := range s.known {
		text = strings.ReplaceAll(text, secret.value, secret.label)
	}
	return text
}

// list gives the secrets that are known until now.
func (s *secrets) list() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	values := make([]string, 0, len(s.known))
	for _, secret := range s.known {
		values = append(values, secret.value)
	}
	return values
}

// secretsKey is the key of the context's value that holds the secrets of [WithSecrets].
type secretsKey struct{}

// WithSecrets returns a context whose requests carry these values in confidence, such as those of write-only arguments: the client
// redacts them in everything that it makes of a response. Values of fewer than 4 characters are ignored, because they would be found
// in any text.
func WithSecrets(ctx context.Context, values ...string) context.Context {
	return context.WithValue(ctx, secretsKey{}, values)
}
