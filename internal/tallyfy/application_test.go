// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	testSecret = "s3cr3t"
	tokenURL   = "https://account.tallyfy.test/oauth/token"
)

// granted is a response with an application's token.
func granted(token string, seconds int) reply {
	return ok(fmt.Sprintf(`{"token_type":"Bearer","expires_in":%d,"access_token":%q}`, seconds, token))
}

// scriptedApplication is newScriptedClient for a client with credentials. change may change its
// configuration.
func scriptedApplication(t *testing.T, retries int, change func(*Config), script ...reply) (*Client, *scriptedTransport) {
	t.Helper()
	w := &scriptedTransport{script: script}
	config := Config{
		BaseURL: "https://tallyfy.test/api", UserAgent: "test/1", MaxRetries: retries, RequestTimeout: 30 * time.Second, Transport: w,
		Credentials: &Credentials{ClientID: "1234", ClientSecret: testSecret, TokenURL: tokenURL, Organization: org},
	}
	if change != nil {
		change(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client, w
}

// asUser makes a client act as a user.
func asUser(c *Config) { c.Credentials.UserEmail = "pipeline+ci@example.com" }

func TestTokenRequests(t *testing.T) {
	t.Parallel()
	client, w := scriptedApplication(t, 0, asUser, granted("app", 604800), ok(`{"data":{"access_token":"user"}}`), ok(openTask))
	if len(w.requests) != 0 {
		t.Error("making a client sends something")
	}
	for range 3 {
		if _, err := client.GetTask(t.Context(), processTask); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.requests) != 5 {
		t.Fatalf("%d requests", len(w.requests))
	}
	form, err := url.ParseQuery(w.requests[0].body)
	if err != nil || form.Encode() != "client_id=1234&client_secret=s3cr3t&grant_type=client_credentials&scope=%2A" {
		t.Errorf("the form is %s, %v", w.requests[0].body, err)
	}
	for i, want := range []scriptedRequest{
		{method: "POST", path: "/oauth/token", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}},
		{method: "POST", path: "/api/applications/c0ffee/users/pipeline+ci@example.com/token", header: http.Header{"Authorization": {"Bearer app"}}},
		{method: "GET", path: "/api/organizations/c0ffee/runs/aaaa/tasks/bbbb", header: http.Header{"Authorization": {"Bearer user"}}},
		{method: "GET", path: "/api/organizations/c0ffee/runs/aaaa/tasks/bbbb", header: http.Header{"Authorization": {"Bearer user"}}},
	} {
		got := w.requests[i]
		if got.method != want.method || got.path != want.path || i > 0 && got.body != "" {
			t.Errorf("request %d is %s %s %q", i+1, got.method, got.path, got.body)
		}
		for _, name := range []string{"Authorization", "Content-Type"} {
			if got.header.Get(name) != want.header.Get(name) {
				t.Errorf("request %d: header %s is %q", i+1, name, got.header.Get(name))
			}
		}
		if got.header.Get("User-Agent") != "test/1" || got.header.Get("Accept") != "application/json" || got.header.Get("X-Tallyfy-Client") == "" {
			t.Errorf("request %d has the header %v", i+1, got.header)
		}
	}
}

// The shape of a user's token is not documented.
func TestUserTokenShapes(t *testing.T) {
	t.Parallel()
	for body, good := range map[string]bool{
		`{"access_token":"user"}`: true,
		`{"token":"user"}`:        true,
		`{"data":{"access_token":"user","expires_in":7776000}}`:  true,
		`{"data":{"token":"user","expires_in":"7776000"}}`:       true,
		`{"data":{"token":"user","expires_in":9e99}}`:            true,
		`{"data":{"token":"user","expires_in":99999999999999}}`:  true,
		`{"access_token":null,"token":"user","expires_in":null}`: true,
		`{"data":{"token":""}}`:                                  false,
		`{"data":{"token":"two words"}}`:                         false,
		`{"data":[]}`:                                            false,
		`user`:                                                   false,
		``:                                                       false,
	} {
		t.Run(body, func(t *testing.T) {
			client, w := scriptedApplication(t, 0, asUser, granted("app", 604800), ok(body), ok(openTask))
			_, err := client.GetTask(t.Context(), processTask)
			switch {
			case good && (err != nil || w.requests[2].header.Get("Authorization") != "Bearer user"):
				t.Errorf("%v", err)
			case !good && (err == nil || len(w.requests) != 2 || !strings.Contains(err.Error(), "200 OK, but the response contains no access token")):
				t.Errorf("%d requests, %v", len(w.requests), err)
			}
		})
	}
}

func TestExpiredTokenIsFetchedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Config)
		first  []reply
	}{
		"application": {nil, []reply{granted("first", 3600)}},
		"user":        {asUser, []reply{granted("app", 1<<30), ok(`{"token":"first","expires_in":3600}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				script := append(append([]reply{}, c.first...), ok(openTask), ok(openTask))
				script = append(append(script, c.first...), ok(openTask))
				client, w := scriptedApplication(t, 0, c.change, script...)
				for _, wait := range []time.Duration{0, 3580 * time.Second, 15 * time.Second} { // the last is before its end, and close to it
					time.Sleep(wait)
					if _, err := client.GetTask(t.Context(), processTask); err != nil {
						t.Error(err)
					}
				}
				if len(w.requests) != len(script) {
					t.Errorf("%d requests, want %d", len(w.requests), len(script))
				}
			})
		})
	}
}

// A token without an expiry is used until it is rejected.
func TestTokenWithoutExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, w := scriptedApplication(t, 0, nil, ok(`{"access_token":"app"}`), ok(openTask))
		for range 3 {
			if _, err := client.GetTask(t.Context(), processTask); err != nil {
				t.Error(err)
			}
			time.Sleep(1000 * time.Hour)
		}
		if n := w.count(http.MethodPost); n != 1 {
			t.Errorf("%d token requests", n)
		}
	})
}

func TestTokenRequestsAreRetried(t *testing.T) {
	t.Parallel()
	user := ok(`{"token":"user"}`)
	for name, failing := range map[string]reply{
		"429": {status: 429}, "500": {status: 500}, "502": {status: 502, body: "<html>"}, "503": {status: 503}, "504": {status: 504},
		"503, after": {status: 503, header: map[string]string{"Retry-After": "7"}}, "time-out": {hang: true},
		"refused": {refused: errTest}, "reset": {lost: errTest},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, w := scriptedApplication(t, 2, asUser, failing, failing, granted("app", 3600), failing, failing, user, ok(openTask))
				if _, err := client.GetTask(t.Context(), processTask); err != nil || len(w.requests) != 7 {
					t.Errorf("%d requests, %v", len(w.requests), err)
				}
				if name == "503, after" && w.requests[1].at.Sub(w.requests[0].at) != 7*time.Second {
					t.Errorf("it waited %s", w.requests[1].at.Sub(w.requests[0].at))
				}
				for i, r := range w.requests[:3] {
					if !strings.Contains(r.body, "client_secret=") {
						t.Errorf("token request %d has the body %q", i+1, r.body)
					}
				}
				// The budget is spent once: the call that needs the token does not begin anew. Nor
				// does a completion, which counts its tries itself.
				for _, send := range operations {
					client, w = scriptedApplication(t, 2, nil, failing)
					err := send(t.Context(), client)
					budget := client.NewBudget()
					err = budget.Count(err)
					if budget.Wait(t.Context(), err) == nil || len(w.requests) != 3 {
						t.Errorf("%d requests, %v", len(w.requests), err)
					}
					contains(t, err.Error(), "getting an access token from "+tokenURL+": ", "gave up after 3 attempts (max_retries = 2)")
				}
			})
		})
	}
}

// A rate limit of the token URL delays all requests.
func TestTokenRequestsUseTheLimiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, w := scriptedApplication(t, 1, nil, reply{status: 429, header: map[string]string{"Retry-After": "30"}}, granted("app", 3600), ok(openTask))
		began := time.Now()
		if _, err := client.GetTask(t.Context(), processTask); err != nil {
			t.Fatal(err)
		}
		if waited := w.requests[1].at.Sub(began); waited != 30*time.Second {
			t.Errorf("it waited %s", waited)
		}
		if w.requests[2].at.Equal(w.requests[1].at) {
			t.Error("the request that follows keeps no distance")
		}
	})
}

// A token request that was rejected permanently is not retried, not even within the budget of the
// call that needs the token.
func TestRejectedTokenRequestsAreNotRetried(t *testing.T) {
	t.Parallel()
	for name, rejection := range map[string]reply{"refused": {status: 401, body: `{"error":"invalid_client"}`}, "moved": {status: 302}, "page": ok("<html>")} {
		t.Run(name, func(t *testing.T) {
			for method, send := range operations {
				client, w := scriptedApplication(t, 4, nil, rejection)
				err := send(t.Context(), client)
				if wait := client.NewBudget().Wait(t.Context(), err); wait == nil || len(w.requests) != 1 {
					t.Errorf("%s, %s: %d requests, %v", name, method, len(w.requests), err)
				}
			}
		})
	}
}
