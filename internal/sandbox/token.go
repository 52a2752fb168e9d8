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

// How long tokens last that are given out (API.md §4).
const (
	applicationLifetime = 604800 * time.Second  // 7 days
	userLifetime        = 7776000 * time.Second // 90 days
)

// holder is whom a token speaks for.
type holder struct {
	user int64 // 0 for an application, which is no user
}

func (h holder) isApplication() bool { return h.user == 0 }

// issued remembers the tokens that were given out.
type issued struct {
	count  int // ever, which numbers them
	tokens map[string]grant
}

// grant is a token that was given out.
type grant struct {
	holder
	ends time.Time
}

// users are those of the seeded tasks, by their addresses. In the organization
// is who has an id.
var users = map[string]int64{SeedCallerEmail: CallerID, SeedColleagueEmail: SeedColleagueID, SeedOutsiderEmail: 0}

func emailOf(user int64) string {
	for email, id := range users {
		if id == user {
			return email
		}
	}
	return ""
}

// RevokeTokens makes all tokens void that were given out until now. Config.Token
// stays good.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued.tokens = nil
}

// holderOf tells whom the token in an Authorization header speaks for, if it is
// good.
func (s *Server) holderOf(authorization string) (holder, bool) {
	if authorization == "Bearer "+s.cfg.Token {
		return holder{user: CallerID}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, g := range s.issued.tokens {
		if authorization == "Bearer "+token {
			return g.holder, s.cfg.Now().Before(g.ends)
		}
	}
	return holder{}, false
}

// issue makes a token, and gives the members of the answer that has it.
func (s *Server) issue(kind string, to holder, lifetime time.Duration) object {
	s.issued.count++
	token := fmt.Sprintf("sandbox-%s-token-%d", kind, s.issued.count)
	if s.issued.tokens == nil {
		s.issued.tokens = map[string]grant{}
	}
	s.issued.tokens[token] = grant{to, s.cfg.Now().Add(lifetime)}
	return object{"token_type": "Bearer", "expires_in": int64(lifetime / time.Second), "access_token": token}
}

// giveToken serves POST oauth/token. Of the grants it knows the client
// credentials' only. UNK the words for a request that is no form; 400 is
// documented (API.md §3.2).
func (s *Server) giveToken(c call) answer {
	switch {
	case c.form == nil:
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "refused: not form-encoded")
	case c.form.Get("grant_type") != "client_credentials":
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "refused: another grant than client_credentials")
	case c.form.Get("client_id") != s.cfg.ClientID || c.form.Get("client_secret") != s.cfg.ClientSecret:
		return oauthError(http.StatusUnauthorized, "invalid_client", "refused: not the application's id and secret")
	}
	return answer{status: http.StatusOK, body: s.issue("application", holder{}, applicationLifetime), note: "gave the application a token"}
}

// giveUserToken serves POST applications/{org}/users/{email}/token, for an
// application. Like the response to oauth/token it has no envelope.
func (s *Server) giveUserToken(c call) answer {
	if !c.as.isApplication() {
		return unauthenticated()
	}
	id, known := users[c.email]
	switch {
	case !known:
		return resourceNotFound("no such user")
	case id == 0:
		return refused("email", "The user is not a member of this organization.", "user of another organization")
	}
	return answer{status: http.StatusOK, body: s.issue("user", holder{user: id}, userLifetime), note: "gave the application a user's token"}
}

// decodeForm reads the body of a token request; nil if it is no form.
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
