// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// The error of a token request states what was being done, what came back and what to do. It does
// not count as a response to the call that needs the token.
func TestTokenRequestErrors(t *testing.T) {
	t.Parallel()
	app := granted("app", 3600)
	said := map[string]string{"X-Request-Id": "req-7"}
	const forApplication, forUser = "getting an access token from " + tokenURL + ": ", "getting an access token for user_email pipeline+ci@example.com from https://tallyfy.test/api: "
	for name, c := range map[string]struct {
		script []reply
		says   []string
	}{
		"invalid client":    {[]reply{{status: 401, header: said, body: `{"error":"invalid_client"}`}}, []string{forApplication + "Tallyfy returned 401 Unauthorized: invalid_client (request ID req-7)", "Check client_id, which is a number, and client_secret"}},
		"described":         {[]reply{{status: 400, body: `{"error":"invalid_request","error_description":"No form."}`}}, []string{"400 Bad Request: invalid_request; No form.", "client_secret"}},
		"no such address":   {[]reply{{status: 404, body: `{"error":true,"message":"API endpoint not found","code":"ENDPOINT_NOT_FOUND"}`}}, []string{"404 Not Found: API endpoint not found", "Check token_url"}},
		"another method":    {[]reply{{status: 405}}, []string{"405 Method Not Allowed", "Check token_url"}},
		"moved":             {[]reply{{status: 302, header: map[string]string{"Location": "https://evil.test"}}}, []string{"302 Found: redirects to https://evil.test", "send the client secret to another host"}},
		"no token":          {[]reply{ok(`{"data":{}}`)}, []string{"200 OK, but the response contains no access token", "check token_url and any proxy in between"}},
		"refused with 200":  {[]reply{ok(`{"error":"invalid_client"}`)}, []string{"200 OK, but the response contains no access token"}},
		"two tokens":        {[]reply{ok(`{"access_token":"a b"}`)}, []string{"the response contains no access token"}},
		"page":              {[]reply{ok("<html><title>Log in</title>")}, []string{"the response contains no access token"}},
		"nothing":           {[]reply{{status: 204}}, []string{"204 No Content, but the response contains no access token"}},
		"too long":          {[]reply{ok(strings.Repeat(" ", maxResponse+1))}, []string{"200 OK, but the response is longer than 8 MiB"}},
		"down":              {[]reply{{status: 503, body: "<title>Maintenance</title>"}}, []string{`503 Service Unavailable: an HTML page titled "Maintenance"`, "gave up after 1 attempt", "Try again when Tallyfy responds"}},
		"busy":              {[]reply{{status: 429}}, []string{"429 Too Many Requests", "raise max_retries"}},
		"no connection":     {[]reply{{refused: errTest}}, []string{forApplication + "the wire broke", "Check token_url, the network and its proxy"}},
		"no response":       {[]reply{{hang: true}}, []string{forApplication + "no response within 30s (request_timeout)"}},
		"no user":           {[]reply{app, {status: 404, header: said, body: `{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`}}, []string{forUser + "Tallyfy returned 404 Not Found: Resource not found (request ID req-7)", "Tallyfy does not know this user"}},
		"no user endpoint":  {[]reply{app, {status: 404, body: `{"code":"ENDPOINT_NOT_FOUND"}`}}, []string{"404", "check base_url"}},
		"another's user":    {[]reply{app, {status: 422, body: `{"message":"Not a member."}`}}, []string{"422 Unprocessable Entity: Not a member.", "must be a member"}},
		"other application": {[]reply{app, {status: 403}}, []string{"403 Forbidden", "Check organization_id"}},
		"application token": {[]reply{app, {status: 401}}, []string{forUser + "Tallyfy returned 401 Unauthorized", "Check client_id"}},
		"user moved":        {[]reply{app, {status: 307}}, []string{"307", "set base_url"}},
		"user refused":      {[]reply{app, {status: 400}}, []string{"400 Bad Request", "then try again"}},
		"no user's token":   {[]reply{app, ok(`{}`)}, []string{"200 OK, but the response contains no access token", "check base_url"}},
		"user unreachable":  {[]reply{app, {refused: errTest}}, []string{forUser + "the wire broke", "Check base_url, the network"}},
	} {
		t.Run(name, func(t *testing.T) {
			for method, send := range operations {
				synctest.Test(t, func(t *testing.T) {
					client, w := scriptedApplication(t, 0, asUser, c.script...)
					err := send(t.Context(), client)
					if OutcomeOf(err) != NotSent || len(w.requests) != len(c.script) {
						t.Fatalf("%s, %s: %d requests, outcome %d: %v", name, method, len(w.requests), OutcomeOf(err), err)
					}
					if IsNotFound(err) || IsNoTask(err) || IsNoEndpoint(err) || StatusOf(err) != 0 {
						t.Errorf("%s, %s: it counts as the call's own: %v", name, method, err)
					}
					var e *Error
					if !errors.As(err, &e) || e.Advice == "" || e.Attempts != 1 {
						t.Errorf("%s, %s: %#v", name, method, e)
					}
					contains(t, err.Error(), c.says...)
					if strings.Contains(err.Error(), "context deadline") || strings.Contains(err.Error(), "oauth2") {
						t.Errorf("%s, %s: %v", name, method, err)
					}
				})
			}
		})
	}
}

// Neither the client secret nor the application's token is sent to another host.
func TestTokenRequestsDoNotFollowRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth/token" {
				_, _ = w.Write([]byte(`{"access_token":"app"}`))
				return
			}
			http.Redirect(w, r, other.URL, status)
		}))
		for path, change := range map[string]func(*Config){"/moved": nil, "/oauth/token": asUser} {
			t.Run(path, func(t *testing.T) {
				client, err := New(Config{BaseURL: server.URL, Credentials: &Credentials{ClientID: "1", ClientSecret: testSecret, TokenURL: server.URL + path, Organization: org}})
				if err != nil {
					t.Fatal(err)
				}
				if change != nil {
					client.credentials.UserEmail = "a@b"
				}
				_, err = client.GetTask(t.Context(), processTask)
				if err == nil || !strings.Contains(err.Error(), "redirects to "+other.URL) {
					t.Errorf("%d, %s: %v", status, path, err)
				}
			})
		}
		server.Close()
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("secrets were carried to another server %d times", n)
	}
}
