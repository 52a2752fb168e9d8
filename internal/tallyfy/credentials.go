// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// DefaultTokenURL is where Tallyfy gives out tokens (API.md §4, the page on third-party apps).
const DefaultTokenURL = "https://account.tallyfy.com/oauth/token" //nolint:gosec // an address

// Credentials are those of an application, which Tallyfy's support gives out (API.md §4). No person's logout ends them.
type Credentials struct {
	// ClientID is the application's number; any other text is sent as it is.
	ClientID string
	// ClientSecret is the secret that belongs to it.
	ClientSecret string
	// TokenURL is where they are exchanged for a token; empty for [DefaultTokenURL]. See [CheckTokenURL].
	TokenURL string
	// UserEmail is the address of the user to act as; empty to act as the application itself.
	UserEmail string
	// Organization is the id of the organization that the user is in. It is needed with UserEmail only.
	Organization string
}

func (c Credentials) withDefaults() Credentials {
	if c.TokenURL == "" {
		c.TokenURL = DefaultTokenURL
	}
	return c
}

// check tells what is wrong with the credentials, and quotes none of them.
func (c Credentials) check() error {
	checks := []struct {
		name, value string
		rule        func(string) error
	}{
		{"client id", c.ClientID, CheckCredential},
		{"client secret", c.ClientSecret, CheckCredential},
		{"token URL", c.withDefaults().TokenURL, CheckTokenURL},
	}
	if c.UserEmail != "" {
		checks = append(checks, []struct {
			name, value string
			rule        func(string) error
		}{
			{"user's address", c.UserEmail, CheckEmail},
			{"user's organization", c.Organization, CheckID},
		}...)
	}
	for _, check := range checks {
		if err := check.rule(check.value); err != nil {
			return fmt.Errorf("the %s cannot be used: %w", check.name, err)
		}
	}
	return nil
}

// CheckCredential tells whether s can be a client id or a client secret: of what they are made nothing is documented, so
// refused is only what is surely a slip. The error never quotes it.
func CheckCredential(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errors.New("it contains white space or a line break (was it read from a file with a trailing line break?)")
	}
	return nil
}

// CheckTokenURL tells whether the client secret may be sent to s: https anywhere, and http to a loopback address only. The
// error is a sentence's end that names what is wrong.
func CheckTokenURL(s string) error {
	_, err := parseURL(s, "the client secret")
	return err
}

// CheckEmail tells whether s can be the address of a user. The error is a sentence's end that names what is wrong.
func CheckEmail(s string) error {
	switch name, host, found := strings.Cut(s, "@"); {
	case s == "":
		return errors.New("it is empty")
	case !found || name == "" || host == "":
		return errors.New("it is no e-mail address, such as pipeline@example.com")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errors.New("it contains white space or a control character")
	}
	return nil
}
