// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// Lifetimes of issued tokens (API.md §4).
const (
	applicationLifetime = 604800 * time.Second  // 7 days
	userLifetime        = 7776000 * time.Second // 90 days
)

// caller is the user or application that a token belongs to.
type caller struct {
	user int64 // 0 for an application
}

func (h caller) isApplication() bool { return h.user == 0 }

// issuedTokens are the tokens that were issued.
type issuedTokens struct {
	count  int // since the start; numbers the tokens
	tokens map[string]grant
}

// grant is an issued token.
type grant struct {
	caller
	ends time.Time
}

// users are the users of the seeded tasks by email. Those with an ID are in the
// organization.
var users = map[string]int64{SeedCallerEmail: CallerID, SeedColleagueEmail: SeedColleagueID, SeedOutsiderEmail: 0}

func emailOf(user int64) string {
	for email, id := range users {
		if id == user {
			return email
		}
	}
	return ""
}

// RevokeTokens revokes all tokens that were issued so far. Config.Token stays valid.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued.tokens = nil
}

// callerOf returns the caller of the token in an Authorization header, if it is
// valid.
func (s *Server) callerOf(authorization string) (caller, bool) {
	if authorization == "Bearer "+s.cfg.Token {
		return caller{user: CallerID}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, g := range s.issued.tokens {
		if authorization == "Bearer "+token {
			return g.caller, s.cfg.Now().Before(g.ends)
		}
	}
	return caller{}, false
}

// issue issues a token, and returns the members of its response.
func (s *Server) issue(kind string, to caller, lifetime time.Duration) object {
	s.issued.count++
	token := fmt.Sprintf("sandbox-%s-token-%d", kind, s.issued.count)
	if s.issued.tokens == nil {
		s.issued.tokens = map[string]grant{}
	}
	s.issued.tokens[token] = grant{to, s.cfg.Now().Add(lifetime)}
	return object{"token_type": "Bearer", "expires_in": int64(lifetime / time.Second), "access_token": token}
}

// serveToken serves POST oauth/token. It supports only client credentials. UNK the
// message for a request that is not a form; 400 is documented (API.md §3.2).
func (s *Server) serveToken(c request) response {
	switch {
	case c.form == nil:
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "refused: not form-encoded")
	case c.form.Get("grant_type") != "client_credentials":
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "refused: another grant than client_credentials")
	case c.form.Get("client_id") != s.cfg.ClientID || c.form.Get("client_secret") != s.cfg.ClientSecret:
		return oauthError(http.StatusUnauthorized, "invalid_client", "refused: not the application's id and secret")
	}
	return response{status: http.StatusOK, body: s.issue("application", caller{}, applicationLifetime), note: "gave the application a token"}
}

// serveUserToken serves POST applications/{org}/users/{email}/token for an
// application. Like the response to oauth/token it has no envelope.
func (s *Server) serveUserToken(c request) response {
	if !c.as.isApplication() {
		return unauthenticated()
	}
	id, known := users[c.email]
	switch {
	case !known:
		return resourceNotFound("no such user")
	case id == 0:
		return rejected("email", "The user is not a member of this organization.", "user of another organization")
	}
	return response{status: http.StatusOK, body: s.issue("user", caller{user: id}, userLifetime), note: "gave the application a user's token"}
}

// decodeForm parses the body of a token request; nil if it is not a form.
func decodeForm(contentType string, body []byte) url.Values {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil
	}
	return form
}
