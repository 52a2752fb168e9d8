// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// DefaultTokenURL is where tokens are requested (API.md §4, the page on third-party applications).
const DefaultTokenURL = "https://account.tallyfy.com/oauth/token" //nolint:gosec // an address

// Credentials are the client credentials of an application, which Tallyfy's support issues (API.md
// §4). They do not expire when a user logs out.
type Credentials struct {
	// ClientID is the application's number. Other text is sent as it is.
	ClientID string
	// ClientSecret is the secret of the application.
	ClientSecret string
	// TokenURL is where tokens are requested; empty for [DefaultTokenURL]. See [CheckTokenURL].
	TokenURL string
	// UserEmail is the email of the user to act as; empty to act as the application.
	UserEmail string
	// Organization is the ID of the user's organization. It is only needed with UserEmail.
	Organization string
}

func (c Credentials) withDefaults() Credentials {
	if c.TokenURL == "" {
		c.TokenURL = DefaultTokenURL
	}
	return c
}

// check returns an error if the credentials cannot be used. The error does not contain them.
func (c Credentials) check() error {
	checks := []struct {
		name, value string
		rule        func(string) error
	}{
		{"client ID", c.ClientID, CheckCredential},
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

// CheckCredential returns an error if s cannot be a client ID or a client secret. Their format is
// not documented, so only obvious mistakes are rejected. The error does not contain s.
func CheckCredential(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errors.New("it contains whitespace or a line break (was it read from a file with a trailing line break?)")
	}
	return nil
}

// CheckTokenURL returns an error if the client secret must not be sent to s. https is accepted to
// any host, and http to a loopback address only. The error completes a sentence that names the URL.
func CheckTokenURL(s string) error {
	_, err := parseURL(s, "the client secret")
	return err
}

// CheckEmail returns an error if s cannot be the email of a user. The error completes a sentence
// that names the email.
func CheckEmail(s string) error {
	switch name, host, found := strings.Cut(s, "@"); {
	case s == "":
		return errors.New("it is empty")
	case !found || name == "" || host == "":
		return errors.New("it is not an email address such as pipeline@example.com")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errors.New("it contains whitespace or a control character")
	}
	return nil
}
