// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"strings"
	"testing"
)

func TestCredentialsAreChecked(t *testing.T) {
	t.Parallel()
	good := func() Config {
		return Config{BaseURL: DefaultBaseURL, Credentials: &Credentials{ClientID: "1234", ClientSecret: testSecret}}
	}
	for says, change := range map[string]func(*Config){
		"":                                     func(*Config) {},
		"both an access token":                 func(c *Config) { c.AccessToken = testToken },
		"client ID cannot be used":             func(c *Config) { c.Credentials.ClientID = "" },
		"client secret cannot be used":         func(c *Config) { c.Credentials.ClientSecret = testSecret + "\n" },
		"would send the client secret":         func(c *Config) { c.Credentials.TokenURL = "http://account.tallyfy.com/oauth/token" },
		"address cannot be used":               func(c *Config) { c.Credentials.UserEmail, c.Credentials.Organization = "me", org },
		"organization cannot be used: it is e": asUser,
	} {
		t.Run(says, func(t *testing.T) {
			config := good()
			change(&config)
			_, err := New(config)
			if (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), says) || strings.Contains(err.Error(), testSecret)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCheckTokenURL(t *testing.T) {
	t.Parallel()
	for _, taken := range []string{DefaultTokenURL, "https://go.tallyfy.com/api/oauth/token", "http://127.0.0.1:8787/oauth/token", "http://localhost/t/"} {
		if err := CheckTokenURL(taken); err != nil {
			t.Errorf("%s: %v", taken, err)
		}
	}
	for _, refused := range []string{"", "account.tallyfy.com", "http://account.tallyfy.com/oauth/token", "https://u:p@h/oauth", "https://h/oauth?x=1", "https://h/#x", "https:///oauth"} {
		if CheckTokenURL(refused) == nil {
			t.Errorf("%q was taken", refused)
		}
	}
}

func TestCheckEmail(t *testing.T) {
	t.Parallel()
	for _, taken := range []string{"a@b", "pipeline+ci@example.com", "a/b@example.com"} {
		if err := CheckEmail(taken); err != nil {
			t.Errorf("%s: %v", taken, err)
		}
	}
	for _, refused := range []string{"", "a", "@", "a@", "@b", "a b@c", "a@b\n"} {
		if CheckEmail(refused) == nil {
			t.Errorf("%q was taken", refused)
		}
	}
}
