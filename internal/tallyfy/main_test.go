// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

const (
	testToken = "tok-3cr3t-abcdef"
	org       = "c0ffee"
	run       = "aaaa"
	task      = "bbbb"
)

var (
	processTask = TaskRef{Organization: org, Run: run, Task: task}
	oneOffTask  = TaskRef{Organization: org, Task: task}
)

// scriptedTransport returns the replies of a script in order and records the requests. It uses no
// network, so it works in a synctest bubble with simulated time.
type scriptedTransport struct {
	mu       sync.Mutex
	script   []reply
	requests []scriptedRequest
	replies  int
}

type scriptedRequest struct {
	method, path, query, body string
	header                    http.Header
	at                        time.Time
}

// reply is a response, or an error of the transport before or after the request was written.
type reply struct {
	status  int
	header  map[string]string
	body    string
	refused error // nothing was written
	lost    error // written, and there was no response
	hang    bool  // no response until the request's context ends
	cut     bool  // the connection is closed after the body
	latency time.Duration
}

func (w *scriptedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	w.mu.Lock()
	w.requests = append(w.requests, scriptedRequest{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone(), time.Now()})
	next := w.script[min(w.replies, len(w.script)-1)]
	w.replies++
	w.mu.Unlock()
	time.Sleep(next.latency)
	if next.refused != nil {
		return nil, next.refused
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	if next.hang {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if next.lost != nil {
		return nil, next.lost
	}
	header := http.Header{}
	for name, value := range next.header {
		header.Set(name, value)
	}
	var content io.Reader = strings.NewReader(next.body)
	if next.cut {
		content = io.MultiReader(content, iotest.ErrReader(io.ErrUnexpectedEOF))
	}
	return &http.Response{StatusCode: next.status, Header: header, Body: io.NopCloser(content), Request: r}, nil
}

func (w *scriptedTransport) count(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, r := range w.requests {
		if r.method == method {
			n++
		}
	}
	return n
}

// newScriptedClient returns a client whose requests get the replies of the script. The last reply
// repeats.
func newScriptedClient(t *testing.T, retries int, script ...reply) (*Client, *scriptedTransport) {
	t.Helper()
	w := &scriptedTransport{script: script}
	client, err := New(Config{
		BaseURL: "https://tallyfy.test/api/", AccessToken: testToken, UserAgent: "test/1",
		MaxRetries: retries, RequestTimeout: 30 * time.Second, Transport: w,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, w
}

func ok(body string) reply { return reply{status: http.StatusOK, body: body} }

const (
	openTask      = `{"data":{"id":"bbbb","title":"Provision","run_id":"aaaa","status":"in-progress","task_type":"task"}}`
	completedTask = `{"data":{"id":"bbbb","title":"Provision","status":"completed","completed_at":"2026-05-20T17:00:00.000Z","completer_id":1001,"tasks_changed_by_rules":{}}}`
)

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}
