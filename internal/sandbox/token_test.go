// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// grant is the body of a right token request.
func grant() url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {"*"},
		"client_id": {sandbox.DefaultClientID}, "client_secret": {sandbox.DefaultClientSecret},
	}
}

// ask requests a token of the application, without any header that the API
// wants.
func (c *client) ask(contentType, body string) reply {
	c.t.Helper()
	r := c.request(http.MethodPost, "/oauth/token", body)
	r.Header = http.Header{"Content-Type": {contentType}}
	return c.send(r)
}

const form = "application/x-www-form-urlencoded"

// token is the one in a response.
func token(r reply) string {
	return strings.Trim(r.at("access_token"), `"`)
}

// as does a request with another token.
func (c *client) as(token, method, path, body string) reply {
	c.t.Helper()
	r := c.request(method, path, body)
	r.Header.Set("Authorization", "Bearer "+token)
	return c.send(r)
}

func userToken(email string) string {
	return "/applications/" + org + "/users/" + url.PathEscape(email) + "/token"
}

func TestApplicationToken(t *testing.T) {
	now := noon
	c := start(t, sandbox.Config{Now: func() time.Time { return now }}, processTask())
	got := c.ask(form, grant().Encode())
	c.check(got, `"Bearer"`, "token_type")
	c.check(got, "604800", "expires_in")
	application := token(got)

	if got := c.as(application, http.MethodGet, runTask, ""); got.status != http.StatusOK {
		t.Errorf("the token is not good: %d", got.status)
	}
	for _, path := range []string{"/me", "/me/organizations"} {
		if got := c.as(application, http.MethodGet, path, ""); got.status != http.StatusUnauthorized {
			t.Errorf("an application got %d of %s", got.status, path)
		}
	}
	got = c.as(application, http.MethodPost, runPost, completion)
	c.check(got, "null", "data", "completer_id")

	now = now.Add(604800*time.Second - 1)
	if got := c.as(application, http.MethodGet, runTask, ""); got.status != http.StatusOK {
		t.Errorf("it ended too early: %d", got.status)
	}
	now = now.Add(1)
	if got := c.as(application, http.MethodGet, runTask, ""); got.status != http.StatusUnauthorized {
		t.Errorf("it is good for ever: %d", got.status)
	}
}

func TestTokenRequestsThatAreRefused(t *testing.T) {
	c := start(t, sandbox.Config{})
	change := func(name, value string) string {
		values := grant()
		values.Set(name, value)
		return values.Encode()
	}
	for name, test := range map[string]struct {
		contentType, body string
		status            int
		word              string
	}{
		"JSON":          {"application/json", `{"grant_type":"client_credentials"}`, 400, `"unsupported_grant_type"`},
		"form as JSON":  {"application/json", grant().Encode(), 400, `"unsupported_grant_type"`},
		"no type":       {"", grant().Encode(), 400, `"unsupported_grant_type"`},
		"another grant": {form, change("grant_type", "password"), 400, `"unsupported_grant_type"`},
		"wrong id":      {form, change("client_id", "1"), 401, `"invalid_client"`},
		"wrong secret":  {form, change("client_secret", "hush-hush"), 401, `"invalid_client"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.ask(test.contentType, test.body)
			if got.status != test.status || got.at("error") != test.word {
				t.Errorf("got %d %s", got.status, got.raw)
			}
		})
	}
	c.expect(http.StatusMethodNotAllowed, http.MethodGet, "/oauth/token", "")
	var journal strings.Builder
	sandbox.WriteJournal(&journal, c.Journal())
	for _, secret := range []string{sandbox.DefaultClientSecret, "hush-hush"} {
		if strings.Contains(journal.String(), secret) {
			t.Errorf("the journal contains %s:\n%s", secret, journal.String())
		}
	}
}

func TestUserToken(t *testing.T) {
	now := noon
	c := start(t, sandbox.Config{Now: func() time.Time { return now }}, processTask())
	c.Update(task, func(t *sandbox.Task) {
		t.AssigneesOnly, t.Owners.Users = true, []int64{sandbox.SeedColleagueID}
	})
	application := token(c.ask(form, grant().Encode()))
	for path, want := range map[string]int{
		userToken("nobody@example.com"):                                            404,
		userToken(sandbox.SeedOutsiderEmail):                                       422,
		strings.Replace(userToken(sandbox.SeedColleagueEmail), org, "deadbeef", 1): 403,
	} {
		t.Run(path, func(t *testing.T) {
			if got := c.as(application, http.MethodPost, path, ""); got.status != want {
				t.Errorf("got %d %s", got.status, got.raw)
			}
		})
	}
	c.expect(http.StatusUnauthorized, http.MethodPost, userToken(sandbox.SeedColleagueEmail), "") // for a user

	got := c.as(application, http.MethodPost, userToken(sandbox.SeedColleagueEmail), "")
	c.check(got, `"Bearer"`, "token_type")
	c.check(got, "7776000", "expires_in")
	user := token(got)
	c.check(c.as(user, http.MethodGet, "/me", ""), `"`+sandbox.SeedColleagueEmail+`"`, "data", "email")
	c.expect(http.StatusForbidden, http.MethodPost, runPost, completion) // another user
	if got := c.as(application, http.MethodPost, runPost, completion); got.status != http.StatusForbidden {
		t.Errorf("the application got %d", got.status)
	}
	c.check(c.as(user, http.MethodPost, runPost, completion), "1002", "data", "completer_id")

	now = now.Add(7776000 * time.Second)
	if got := c.as(user, http.MethodGet, "/me", ""); got.status != http.StatusUnauthorized {
		t.Errorf("it is good for ever: %d", got.status)
	}
}

func TestRevokeTokens(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	old := token(c.ask(form, grant().Encode()))
	c.RevokeTokens()
	if got := c.as(old, http.MethodGet, runTask, ""); got.status != http.StatusUnauthorized {
		t.Errorf("a revoked token got %d", got.status)
	}
	c.expect(http.StatusOK, http.MethodGet, runTask, "") // the one of the configuration
	if again := token(c.ask(form, grant().Encode())); again == old {
		t.Error("the same token was given out again")
	}
}

// Tokens with another address, with other credentials, and from a service of their own.
func TestTokensElsewhere(t *testing.T) {
	c := start(t, sandbox.Config{CompletionOnly: true, ClientID: "9", ClientSecret: "other"}, processTask())
	c.base = strings.TrimSuffix(c.base, "/api")
	if got := c.ask(form, grant().Encode()); got.status != http.StatusUnauthorized {
		t.Errorf("got %d", got.status)
	}
	values := grant()
	values.Set("client_id", "9")
	values.Set("client_secret", "other")
	got := c.as(token(c.ask(form, values.Encode())), http.MethodPost, runPost, completion)
	if got.status != http.StatusOK {
		t.Errorf("got %d %s", got.status, got.raw)
	}
}
