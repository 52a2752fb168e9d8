// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

var errTest = errors.New("the wire broke")

// operations are the calls of a client, each with one request if nothing fails.
var operations = map[string]func(context.Context, *Client) error{
	http.MethodGet: func(ctx context.Context, c *Client) error { _, err := c.GetTask(ctx, sandboxTask); return err },
	http.MethodPut: func(ctx context.Context, c *Client) error {
		_, err := c.UpdateTask(ctx, sandboxTask, TaskUpdate{Taskdata: map[string]any{"f": "v"}})
		return err
	},
	http.MethodPost: func(ctx context.Context, c *Client) error {
		_, err := c.Complete(ctx, sandboxTask, Completion{TaskID: task})
		return err
	},
	http.MethodDelete: func(ctx context.Context, c *Client) error { _, err := c.Reopen(ctx, sandboxTask); return err },
}

var sandboxTask = TaskRef{Organization: sandbox.DefaultOrganization, Run: run, Task: task}

// tokenServer is a sandbox without a network, with a latency.
type tokenServer struct {
	*sandbox.Server
	latency time.Duration
}

func (o *tokenServer) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(o.latency):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	recorder := httptest.NewRecorder()
	o.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// tokens returns the number of token requests.
func (o *tokenServer) tokens() int { return o.Count(http.MethodPost, "token") }

// api returns the number of other requests.
func (o *tokenServer) api() int { return o.Count("", "") - o.tokens() }

// newTokenServer returns a client with the sandbox's credentials and a task.
func newTokenServer(t *testing.T, change func(*Config)) (*Client, *tokenServer) {
	t.Helper()
	o := &tokenServer{Server: sandbox.New(sandbox.Config{})}
	o.AddTask(sandbox.Task{ID: task, RunID: run, Fields: []sandbox.Field{{ID: "f", Type: "text"}}})
	config := Config{
		BaseURL: "https://tallyfy.test/api", Transport: o, RequestTimeout: 30 * time.Second,
		Credentials: &Credentials{ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret},
	}
	if change != nil {
		change(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client, o
}

func asCaller(c *Config) {
	c.Credentials.UserEmail, c.Credentials.Organization = sandbox.SeedCallerEmail, sandbox.DefaultOrganization
}

// runConcurrently runs a call many times concurrently; none may fail.
func runConcurrently(t *testing.T, times int, send func() error) {
	t.Helper()
	var all sync.WaitGroup
	for range times {
		all.Go(func() {
			if err := send(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestTokenIsFetchedOnce(t *testing.T) {
	t.Parallel()
	for each, change := range map[int]func(*Config){1: nil, 2: asCaller} {
		t.Run(fmt.Sprint(each), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, o := newTokenServer(t, change)
				o.latency = time.Second
				get := func() error { return operations[http.MethodGet](t.Context(), client) }
				runConcurrently(t, 20, get)
				if o.tokens() != each || o.api() != 20 {
					t.Errorf("%d requests for tokens and %d others", o.tokens(), o.api())
				}
				o.RevokeTokens()
				runConcurrently(t, 20, get)
				if o.tokens() != 2*each || o.api() != 60 {
					t.Errorf("%d requests for tokens and %d others, after one was revoked", o.tokens(), o.api())
				}
			})
		})
	}
}

// A rejected token is replaced once per call, without a retry, and nothing is done twice.
func TestRejectedTokenIsReplaced(t *testing.T) {
	t.Parallel()
	for method, send := range operations {
		t.Run(method, func(t *testing.T) {
			for each, change := range map[int]func(*Config){1: nil, 2: asCaller} {
				t.Run(fmt.Sprint(each), func(t *testing.T) {
					client, o := newTokenServer(t, change)
					if method == http.MethodDelete {
						o.CompleteOutside(task, sandbox.CallerID, nil)
					}
					if err := operations[http.MethodGet](t.Context(), client); err != nil {
						t.Fatal(err)
					}
					o.RevokeTokens()
					o.ResetJournal()
					if err := send(t.Context(), client); err != nil {
						t.Errorf("%v", err)
					}
					if o.tokens() != each || o.Count(method, "organizations") != 2 || o.api() != 2 {
						t.Errorf("%d requests for tokens and %d others", o.tokens(), o.api())
					}
					if done := o.Completions(task) + o.Reopens(task); (method == http.MethodPost || method == http.MethodDelete) && done != 1 {
						t.Errorf("it was done %d times", done)
					}
				})
			}
		})
	}
}

// If the new token is rejected too, the response is returned, and later calls do not request yet
// another token.
func TestRejectedReplacement(t *testing.T) {
	t.Parallel()
	for method, send := range operations {
		t.Run(method, func(t *testing.T) {
			client, o := newTokenServer(t, nil)
			o.Inject(sandbox.Fault{PathPart: "/organizations/", Status: 401, Times: -1, Body: `{"message":"Unauthenticated."}`})
			err := send(t.Context(), client)
			if OutcomeOf(err) != Rejected || StatusOf(err) != 401 || o.tokens() != 2 || o.api() != 2 {
				t.Errorf("%d requests for tokens and %d others, %v", o.tokens(), o.api(), err)
			}
			contains(t, err.Error(), "401 Unauthorized: Unauthenticated.", "client_id and client_secret", "set user_email to act as a user")
			for range 3 {
				_ = send(t.Context(), client)
			}
			if o.tokens() != 2 || o.api() != 5 {
				t.Errorf("%d requests for tokens and %d others", o.tokens(), o.api())
			}
			o.Calm() // and a token that has been of use is worth another
			for range 2 {
				if err := operations[http.MethodGet](t.Context(), client); err != nil {
					t.Error(err)
				}
				o.RevokeTokens()
			}
			if o.tokens() != 3 {
				t.Errorf("%d requests for tokens", o.tokens())
			}
		})
	}
}

// A configured token is not replaced.
func TestConfiguredTokenIsNotReplaced(t *testing.T) {
	t.Parallel()
	client, w := newScriptedClient(t, 4, reply{status: 401})
	_, err := client.GetTask(t.Context(), processTask)
	var e *Error
	if len(w.requests) != 1 || !errors.As(err, &e) || e.Advice != "" {
		t.Errorf("%d requests, %v", len(w.requests), err)
	}
}

// The error of a failed replacement contains the rejection and its own cause. Nothing was done.
func TestReplacementFails(t *testing.T) {
	t.Parallel()
	client, o := newTokenServer(t, nil)
	_ = operations[http.MethodGet](t.Context(), client)
	o.RevokeTokens()
	o.Inject(sandbox.Fault{PathPart: "oauth", Status: 503, Body: "<title>Down</title>"})
	err := operations[http.MethodPost](t.Context(), client)
	if OutcomeOf(err) != NotSent || o.Completions(task) != 0 {
		t.Error(err)
	}
	contains(t, err.Error(), "getting an access token from "+DefaultTokenURL+": Tallyfy returned 503", `"Down"`, "an earlier attempt returned 401 Unauthorized")
}

// A fetch that runs out of its own time does not fail the calls that wait for it, and no call waits
// longer than its own time.
func TestWaitForToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, o := newTokenServer(t, nil)
		o.latency = 10 * time.Second
		failed := make(chan error, 2)
		get := func(patience time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			failed <- operations[http.MethodGet](ctx, client)
		}
		go get(time.Second)
		synctest.Wait()   // it asks
		go get(time.Hour) // it waits
		if err := <-failed; err == nil {
			t.Error("the first got a response")
		} else {
			contains(t, err.Error(), "getting an access token from "+DefaultTokenURL+": no response came before the operation's timeout passed")
		}
		if err := <-failed; err != nil || o.tokens() != 1 { // the first never reached it
			t.Errorf("%d requests for tokens, %v", o.tokens(), err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		client, o := newTokenServer(t, nil)
		o.latency = 10 * time.Second
		go operations[http.MethodGet](t.Context(), client) //nolint:errcheck // asks for the token
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := operations[http.MethodPost](ctx, client)
		if OutcomeOf(err) != NotSent || time.Since(began) != time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		contains(t, err.Error(), "getting an access token from "+DefaultTokenURL+": no response came; "+ErrCancelled.Error())
		time.Sleep(time.Minute)
	})
}

// A call without retries shares its token, but shares its failure only with calls that have no more
// retries.
func TestWaitForTokenWithFewerRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, o := newTokenServer(t, func(c *Config) { c.MaxRetries = 1 })
		o.latency = time.Second
		o.Inject(sandbox.Fault{PathPart: "oauth", Status: 503})
		once := make(chan error, 2)
		get := func(c *Client) { once <- operations[http.MethodGet](t.Context(), c) }
		go get(client.WithoutRetries())
		synctest.Wait() // it asks
		go get(client.WithoutRetries())
		err := operations[http.MethodGet](t.Context(), client)
		if err != nil || <-once == nil || <-once == nil || o.tokens() != 2 {
			t.Errorf("%d requests for tokens, %v", o.tokens(), err)
		}
		if err := operations[http.MethodGet](t.Context(), client.WithoutRetries()); err != nil || o.tokens() != 2 {
			t.Errorf("%d requests for tokens, %v", o.tokens(), err)
		}
	})
}

// completeConcurrently completes tasks, ten at a time, each after a read as the engine does.
func completeConcurrently(t *testing.T, client *Client, blocks int, refused func(error) bool) {
	t.Helper()
	var all sync.WaitGroup
	side := make(chan struct{}, 10)
	for range blocks {
		side <- struct{}{}
		all.Go(func() {
			defer func() { <-side }()
			if err := operations[http.MethodGet](t.Context(), client); err != nil {
				t.Error(err)
			}
			if err := operations[http.MethodPost](t.Context(), client); !refused(err) {
				t.Errorf("completing: %v", err)
			}
		})
	}
	all.Wait()
}

// Completions by an application that may only read tasks are rejected with 401 too (API.md §3.3). A
// new token does not help, so few are fetched, while an expired token is still noticed.
func TestMissingPermissionCostsFewTokens(t *testing.T) {
	t.Parallel()
	always := func(err error) bool { return StatusOf(err) == http.StatusUnauthorized }
	for _, blocks := range []int{1, 10, 50, 200} {
		t.Run(strconv.Itoa(blocks), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, o := newTokenServer(t, nil)
				o.latency = 50 * time.Millisecond
				o.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Status: 401, Times: -1, Body: "Unauthorized."})
				completeConcurrently(t, client, blocks, always)
				if tokens, posts := o.tokens(), o.Count(http.MethodPost, "completed-tasks"); tokens > 3 || posts > blocks+10 {
					t.Errorf("%d requests for tokens and %d completions", tokens, posts)
				}
			})
		})
	}

	t.Run("ended, noticed by a read", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, o := newTokenServer(t, nil)
			o.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Status: 401, Times: -1})
			completeConcurrently(t, client, 20, always)
			o.RevokeTokens()
			before := o.tokens()
			completeConcurrently(t, client, 20, always)
			if got := o.tokens() - before; got != 1 {
				t.Errorf("%d requests for tokens after the end of one", got)
			}
		})
	})

	t.Run("ended, noticed by the action", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, o := newTokenServer(t, nil)
			o.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Status: 401, Times: -1})
			completeConcurrently(t, client, 20, always)
			o.Calm()
			time.Sleep(minTokenLifetime)
			o.RevokeTokens()
			before := o.tokens()
			if err := operations[http.MethodPost](t.Context(), client); err != nil || o.tokens() != before+1 {
				t.Errorf("%d requests for tokens after the end of one, %v", o.tokens()-before, err)
			}
		})
	})

	// Some tasks may be completed, others not.
	t.Run("now and then", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, o := newTokenServer(t, nil)
			for i := range 100 {
				o.Calm()
				if i%2 == 0 {
					o.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Status: 401, Times: 2})
				}
				_ = operations[http.MethodGet](t.Context(), client)
				_ = operations[http.MethodPost](t.Context(), client)
			}
			if tokens, posts := o.tokens(), o.Count(http.MethodPost, "completed-tasks"); tokens > 1+maxUselessRenewals || posts > 100+maxUselessRenewals {
				t.Errorf("%d requests for tokens and %d completions", tokens, posts)
			}
		})
	})

	// Each of a long series is refused: a token is renewed once it may have ended, and no sooner.
	t.Run("for ten minutes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, o := newTokenServer(t, nil)
			o.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Status: 401, Times: -1})
			for range 600 {
				_ = operations[http.MethodPost](t.Context(), client)
				_ = operations[http.MethodGet](t.Context(), client)
				time.Sleep(time.Second)
			}
			if tokens := o.tokens(); tokens > 12 {
				t.Errorf("%d requests for tokens", tokens)
			}
		})
	})
}
