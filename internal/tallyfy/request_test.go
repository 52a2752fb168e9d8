// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	client, w := newScriptedClient(t, 0, ok(openTask))
	ctx := context.Background()
	values := map[string]any{"f1": json.Number("12345678901234567890"), "f2": nil}
	update := TaskUpdate{Taskdata: values}
	oneOff := TaskUpdate{Taskdata: values, OneOff: &OneOff{Title: "T", Owners: Owners{Users: []int64{1}, Guests: []string{}, Groups: []string{"g"}}}}
	for _, c := range []struct {
		send                      func() (*Task, error)
		method, path, query, body string
	}{
		{func() (*Task, error) { return client.GetTask(ctx, processTask) }, "GET", "/api/organizations/c0ffee/runs/aaaa/tasks/bbbb", "", ""},
		{func() (*Task, error) { return client.GetTask(ctx, oneOffTask) }, "GET", "/api/organizations/c0ffee/tasks/bbbb", "", ""},
		{func() (*Task, error) { return client.GetTaskWithForm(ctx, oneOffTask) }, "GET", "/api/organizations/c0ffee/tasks/bbbb", "with=form_fields", ""},
		{func() (*Task, error) { return client.Complete(ctx, processTask, Completion{TaskID: task}) }, "POST", "/api/organizations/c0ffee/runs/aaaa/completed-tasks", "", `{"task_id":"bbbb"}`},
		{
			func() (*Task, error) {
				return client.Complete(ctx, oneOffTask, Completion{TaskID: task, IsApproved: new(false), OverrideUser: new(int64(7)), Taskdata: values})
			},
			"POST", "/api/organizations/c0ffee/completed-tasks", "", `{"task_id":"bbbb","is_approved":false,"override_user":7,"taskdata":{"f1":12345678901234567890,"f2":null}}`,
		},
		{func() (*Task, error) { return client.Reopen(ctx, processTask) }, "DELETE", "/api/organizations/c0ffee/runs/aaaa/completed-tasks/bbbb", "", ""},
		{func() (*Task, error) { return client.Reopen(ctx, oneOffTask) }, "DELETE", "/api/organizations/c0ffee/completed-tasks/bbbb", "", ""},
		{func() (*Task, error) { return client.UpdateTask(ctx, processTask, update) }, "PUT", "/api/organizations/c0ffee/runs/aaaa/tasks/bbbb", "", `{"taskdata":{"f1":12345678901234567890,"f2":null}}`},
		{
			func() (*Task, error) { return client.UpdateTask(ctx, oneOffTask, oneOff) }, "PUT", "/api/organizations/c0ffee/tasks/bbbb", "",
			`{"deadline":null,"owners":{"users":[1],"guests":[],"groups":["g"]},"taskdata":{"f1":12345678901234567890,"f2":null},"title":"T"}`,
		},
	} {
		t.Run(c.method, func(t *testing.T) {
			w.requests = nil
			if _, err := c.send(); err != nil {
				t.Errorf("%s %s: %v", c.method, c.path, err)
			}
			if len(w.requests) != 1 {
				t.Fatalf("%s %s: %d requests", c.method, c.path, len(w.requests))
			}
			got := w.requests[0]
			if got.method != c.method || got.path != c.path || got.query != c.query || got.body != c.body {
				t.Errorf("got  %s %s?%s %s\nwant %s %s?%s %s", got.method, got.path, got.query, got.body, c.method, c.path, c.query, c.body)
			}
			for name, want := range map[string]string{
				"Authorization": "Bearer " + testToken, "Accept": "application/json", "X-Tallyfy-Client": "APIClient", "User-Agent": "test/1",
			} {
				t.Run(name, func(t *testing.T) {
					if got.header.Get(name) != want {
						t.Errorf("%s %s: header %s is %q", c.method, c.path, name, got.header.Get(name))
					}
				})
			}
			if hasType := got.header.Get("Content-Type") == "application/json"; hasType != (c.body != "") {
				t.Errorf("%s %s: Content-Type is %q", c.method, c.path, got.header.Get("Content-Type"))
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	client, _ := newScriptedClient(t, 0, reply{
		status: 422, header: map[string]string{"X-Request-Id": "req-1 " + testToken},
		body: `{"message":"` + testToken + ` is wrong","errors":{"is_approved":["The is approved field is required"]}}`,
	})
	_, err := client.Complete(context.Background(), processTask, Completion{TaskID: task})
	contains(t, err.Error(), "POST /organizations/c0ffee/runs/aaaa/completed-tasks", "422 Unprocessable Entity", "is_approved: The is approved field is required", "request ID req-1 (access token)")
	if strings.Contains(err.Error(), testToken) {
		t.Errorf("the error holds the token: %v", err)
	}
	if OutcomeOf(err) != Rejected {
		t.Errorf("got outcome %d", OutcomeOf(err))
	}
}

func TestRequestTimeoutIsUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := newScriptedClient(t, 0, reply{hang: true})
		began := time.Now()
		_, err := client.Complete(context.Background(), processTask, Completion{TaskID: task})
		if OutcomeOf(err) != Unknown || time.Since(began) != 30*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		contains(t, err.Error(), "no response within 30s (request_timeout)")
	})
}

// The following tests use a real transport: what it counts as sent, and where the token is sent.

func TestNoConnectionIsNotSent(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close() // nobody listens there now
	insecure := httptest.NewTLSServer(http.NotFoundHandler())
	defer insecure.Close()
	for name, base := range map[string]string{"refused": "http://" + address, "unknown authority": insecure.URL} {
		t.Run(name, func(t *testing.T) {
			client := mustNew(t, base)
			_, err := client.Complete(context.Background(), processTask, Completion{TaskID: task})
			if OutcomeOf(err) != NotSent {
				t.Errorf("got outcome %d: %v", OutcomeOf(err), err)
			}
		})
	}
}

func TestLostResponsesAreUnknownAndNotRetried(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, openTask)
			return
		}
		posts.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	client := mustNew(t, server.URL)
	// A connection that has been used before lets Go's transport send the request again.
	if _, err := client.GetTask(context.Background(), processTask); err != nil {
		t.Fatal(err)
	}
	_, err := client.Complete(context.Background(), processTask, Completion{TaskID: task})
	if OutcomeOf(err) != Unknown || posts.Load() != 1 {
		t.Errorf("%d posts, %v", posts.Load(), err)
	}
}

func TestTruncatedResponseIsAccepted(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"data":`)
	}))
	defer server.Close()
	_, err := mustNew(t, server.URL).Complete(context.Background(), processTask, Completion{TaskID: task})
	if err == nil || OutcomeOf(err) != Accepted {
		t.Errorf("got %v", err)
	}
	contains(t, err.Error(), "200 OK, but the response broke off")
}

func TestResponseSizeIsLimited(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := strings.Repeat(" ", 1<<20)
		for range maxResponse>>20 + 2 {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	_, err := mustNew(t, server.URL).Complete(context.Background(), processTask, Completion{TaskID: task})
	if err == nil {
		t.Fatal("taken")
	}
	contains(t, err.Error(), "longer than 8 MiB")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			server := httptest.NewServer(http.RedirectHandler(other.URL+"/login", status))
			client := mustNew(t, server.URL)
			for _, send := range []func() (*Task, error){
				func() (*Task, error) { return client.GetTask(context.Background(), processTask) },
				func() (*Task, error) {
					return client.Complete(context.Background(), processTask, Completion{TaskID: task})
				},
			} {
				_, err := send()
				if OutcomeOf(err) != Rejected {
					t.Errorf("%v", err)
				} else {
					contains(t, err.Error(), "redirects to "+other.URL)
				}
			}
			server.Close()
		})
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the token was carried to another server %d times", n)
	}
}

func TestProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	base, err := newTransport(nil)
	transport, ok := base.(*http.Transport)
	if err != nil || !ok || transport.Proxy == nil {
		t.Error("the transport knows no proxy")
	}
}

func TestLogContainsNeitherTokenNorBody(t *testing.T) {
	t.Parallel()
	w := &scriptedTransport{script: []reply{{status: 401, body: `{"message":"` + testToken + `"}`, header: map[string]string{"X-Request-Id": testToken}}}}
	var lines []string
	client, err := New(Config{BaseURL: "https://tallyfy.test", AccessToken: testToken, Transport: w, Log: func(_ context.Context, message string, fields map[string]any) {
		line, _ := json.Marshal(fields)
		lines = append(lines, message+string(line))
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = client.Complete(context.Background(), processTask, Completion{TaskID: task, Taskdata: map[string]any{"f": "private value"}})
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	contains(t, lines[0], `"method":"POST"`, `"status":401`)
	if strings.Contains(lines[0], testToken) || strings.Contains(lines[0], "private value") {
		t.Errorf("the log says too much: %s", lines[0])
	}
}

func TestUserAgentCannotBreakTheHeader(t *testing.T) {
	t.Parallel()
	w := &scriptedTransport{script: []reply{ok(openTask)}}
	client, err := New(Config{BaseURL: "https://tallyfy.test", AccessToken: testToken, UserAgent: "a/1\r\nX-Evil: 1", Transport: w})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetTask(context.Background(), processTask); err != nil {
		t.Fatal(err)
	}
	if got := w.requests[0].header.Get("User-Agent"); got != "a/1X-Evil: 1" {
		t.Errorf("got %q", got)
	}
}

func mustNew(t *testing.T, base string) *Client {
	t.Helper()
	client, err := New(Config{BaseURL: base, AccessToken: testToken, RequestTimeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
