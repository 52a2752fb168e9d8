// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// writes are the calls that may change something, by method.
var writes = []string{http.MethodPost, http.MethodPut, http.MethodDelete}

// What one attempt of a write means, whether another attempt of a read or a save can help, and
// whether all requests wait. Every write is sent exactly once.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	after := map[string]string{"Retry-After": "1"}
	soon := map[string]string{"Retry-After": "soon"}
	moved := map[string]string{"Location": "https://evil.test"}
	for name, c := range map[string]struct {
		reply        reply
		want         Outcome
		repeat, busy bool
	}{
		"completed":              {ok(completedTask), Accepted, false, false},
		"created":                {reply{status: 201, body: completedTask}, Accepted, false, false},
		"no content":             {reply{status: 204}, Accepted, false, false},
		"truncated":              {ok(`{"data":{"id":`), Accepted, true, false},
		"page":                   {ok("<html>"), Unknown, true, false},
		"connection refused":     {reply{refused: errors.New("connection refused")}, NotSent, true, false},
		"reset":                  {reply{lost: errors.New("connection reset by peer")}, Unknown, true, false},
		"EOF":                    {reply{lost: io.ErrUnexpectedEOF}, Unknown, true, false},
		"moved":                  {reply{status: 301, header: moved}, Rejected, false, false},
		"temporary redirect":     {reply{status: 307, header: moved}, Rejected, false, false},
		"bad request":            {reply{status: 400}, Rejected, false, false},
		"unauthorized":           {reply{status: 401, body: "Unauthorized."}, Rejected, false, false},
		"not found":              {reply{status: 404}, Rejected, false, false},
		"proxy":                  {reply{status: 407}, Rejected, false, false},
		"timeout":                {reply{status: 408}, Unknown, true, false},
		"timeout, after":         {reply{status: 408, header: after}, Unknown, true, true},
		"conflict":               {reply{status: 409, body: `{"error":true,"message":"Deadlock","code":"DEADLOCK"}`}, RejectedForNow, true, false},
		"conflict, after":        {reply{status: 409, header: after}, RejectedForNow, true, false},
		"no seats":               {reply{status: 409, body: `{"error":{"code":"SEATS","message":"No seats"}}`}, Rejected, false, false},
		"unprocessable":          {reply{status: 422}, Rejected, false, false},
		"locked":                 {reply{status: 423, header: after}, Rejected, false, false},
		"too early":              {reply{status: 425}, Unknown, true, false},
		"too many":               {reply{status: 429}, RejectedForNow, true, true},
		"too many, after":        {reply{status: 429, header: after}, RejectedForNow, true, true},
		"server error":           {reply{status: 500}, Unknown, true, false},
		"not implemented":        {reply{status: 501}, Unknown, false, false},
		"bad gateway":            {reply{status: 502, body: "<html>"}, Unknown, true, false},
		"unavailable":            {reply{status: 503}, Unknown, true, false},
		"unavailable, after":     {reply{status: 503, header: after}, Unknown, true, true},
		"unavailable, no number": {reply{status: 503, header: soon}, Unknown, true, false},
		"gateway timeout":        {reply{status: 504}, Unknown, true, false},
		"HTTP version":           {reply{status: 505}, Unknown, false, false},
		"edge":                   {reply{status: 520}, Unknown, true, false},
		"edge, timeout":          {reply{status: 524, header: after}, Unknown, true, true},
		"edge, DNS":              {reply{status: 530}, Unknown, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range writes {
				t.Run(method, func(t *testing.T) {
					client, w := newScriptedClient(t, 4, c.reply)
					err := operations[method](t.Context(), client)
					if OutcomeOf(err) != c.want || Repeatable(err) != c.repeat || IsRateLimited(err) != c.busy {
						t.Errorf("outcome %d, repeatable %t, busy %t (%v)", OutcomeOf(err), Repeatable(err), IsRateLimited(err), err)
					}
					if n := w.count(method); n != 1 {
						t.Errorf("sent %d times", n)
					}
				})
			}
		})
	}
}

// An error of another package says nothing about a request. A call that cannot be encoded was not
// sent, and never will be.
func TestOutcomeWithoutRequest(t *testing.T) {
	t.Parallel()
	foreign := errors.New("something else")
	if OutcomeOf(foreign) != Unknown || Repeatable(foreign) {
		t.Errorf("outcome %d, repeatable %t", OutcomeOf(foreign), Repeatable(foreign))
	}
	client, w := newScriptedClient(t, 4, ok(completedTask))
	for name, send := range map[string]func() error{
		"ID": func() error {
			_, err := client.GetTask(t.Context(), TaskRef{Organization: org, Task: ".."})
			return err
		},
		"value": func() error {
			_, err := client.UpdateTask(t.Context(), processTask, TaskUpdate{Taskdata: map[string]any{"f": func() {}}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			budget := client.NewBudget()
			err := budget.Count(send())
			var e *Error
			if !errors.As(err, &e) || e.Outcome != NotSent || e.Attempts != 0 || Repeatable(err) {
				t.Errorf("got %#v", err)
			}
			if budget.Wait(t.Context(), err) == nil {
				t.Error("it is tried again")
			}
		})
	}
	if len(w.requests) != 0 {
		t.Errorf("%d requests", len(w.requests))
	}
}

// A 2xx to a write counts only if it can be Tallyfy's. For a read, any other response is an error
// whose outcome is not in doubt.
func TestWriteResponses(t *testing.T) {
	t.Parallel()
	const page = `<!doctype html><html><title>Sign in</title></html>`
	for name, c := range map[string]struct {
		reply reply
		want  Outcome
		says  string // in the error
		words string
	}{
		"empty":              {ok(""), Accepted, "200 OK, but the response is empty", ""},
		"whitespace":         {ok(" \r\n"), Accepted, "the response is empty", ""},
		"empty object":       {ok(`{"data":{}}`), Accepted, "not a task", ""},
		"empty list":         {ok(`{"data":[]}`), Accepted, "not a task", ""},
		"null":               {ok(`{"data":null}`), Accepted, "not a task", ""},
		"truncated":          {ok(`{"data":{"id":"bbbb","error":"in a val`), Accepted, "the response broke off", ""},
		"truncated in a key": {ok(`{"err`), Accepted, "the response broke off", ""},
		"cut":                {reply{status: 200, body: `{"id":"bbbb","owners":[1,{"users":`, cut: true}, Accepted, "the response broke off (the connection was closed)", ""},
		"cut at once":        {reply{status: 200, cut: true}, Accepted, "the response broke off", ""},
		"page":               {ok(page), Unknown, `200 OK, but the response is an HTML page titled "Sign in"`, "Sign in"},
		"page, cut":          {reply{status: 200, body: `<html><title>Sign in</title><bo`, cut: true}, Unknown, "an HTML page", "Sign in"},
		"page, no title":     {ok(`<p>Welcome`), Unknown, "the response is an HTML page", ""},
		"text":               {ok("It works!"), Unknown, "the response is plain text: It works!", "It works!"},
		"text, cut":          {reply{status: 200, body: "It wo", cut: true}, Unknown, "the response is plain text", "It wo"},
		"braces":             {ok("{{ title }}"), Unknown, "the response is plain text", "{{ title }}"},
		"two objects":        {ok(`{"id":"bbbb"}{"id":"bbbb"}`), Unknown, "plain text", ""},
		"JSON":               {ok(`{}`), Unknown, "JSON that is not a task", ""},
		"list":               {ok(`[]`), Unknown, "JSON that is not a task", ""},
		"list of tasks":      {ok(`{"data":[{"id":"bbbb","status":"completed"}]}`), Unknown, "JSON that is not a task", ""},
		"list, cut":          {reply{status: 200, body: `[{"id":"bbbb"`, cut: true}, Unknown, "JSON that is not a task", ""},
		"empty page":         {ok(`{"data":[],"meta":{"pagination":{"total":0}}}`), Unknown, "JSON that is not a task", ""},
		"error":              {ok(`{"error":true,"message":"Server busy"}`), Unknown, "JSON that is not a task: Server busy", "Server busy"},
		"error with nothing": {ok(`{"error":true,"data":null}`), Unknown, "JSON that is not a task", ""},
		"error with status":  {ok(`{"errors":{"f":["Too long"]},"status":"completed"}`), Unknown, "JSON that is not a task: f: Too long", "f: Too long"},
		"error, truncated":   {ok(`{"error":true,"messa`), Unknown, "JSON that is not a task", `{"error":true,"messa`},
		"message, truncated": {ok(`{"message":"Server bu`), Unknown, "JSON that is not a task", `{"message":"Server bu`},
		"error object":       {ok(`{"error":{"code":"BUSY","message":"Later"}}`), Unknown, "JSON that is not a task: Later", "Later"},
		"string":             {ok(`"ok"`), Unknown, "JSON that is not a task: ok", "ok"},
		"number":             {ok(`1`), Unknown, "JSON that is not a task", "1"},
		"another task":       {ok(`{"data":{"id":"cccc","status":"completed"}}`), Unknown, "the response is about another task", ""},
		"too long":           {ok(page + strings.Repeat(" ", maxResponse)), Unknown, "the response is longer than 8 MiB", "Sign in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range append(writes, http.MethodGet) {
				client, _ := newScriptedClient(t, 0, c.reply)
				err := operations[method](t.Context(), client)
				want := c.want
				if method == http.MethodGet {
					want = Accepted
				}
				var e *Error
				if !errors.As(err, &e) || e.Outcome != want || e.Status != 200 {
					t.Fatalf("%s: got %#v", method, err)
				}
				contains(t, err.Error(), "200 OK, but the response", c.says)
				if c.words != "" && e.ServerMessage != c.words {
					t.Errorf("%s: the words are %q", method, e.ServerMessage)
				}
			}
		})
	}
}

// A response that was closed after its last brace is complete.
func TestResponseTruncatedAfterTask(t *testing.T) {
	t.Parallel()
	client, _ := newScriptedClient(t, 0, reply{status: 200, body: completedTask, cut: true})
	if task, err := client.Complete(t.Context(), processTask, Completion{TaskID: task}); err != nil || !task.Completed() {
		t.Errorf("got %+v, %v", task, err)
	}
}

// Only a truncated response is read again, because the same page would come again.
func TestReadResponses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply    reply
		requests int
	}{
		"page":      {ok("<html>"), 1},
		"error":     {ok(`{"error":true}`), 1},
		"empty":     {ok(""), 1},
		"cut":       {reply{status: 200, body: `{"data":`, cut: true}, 3},
		"truncated": {ok(`{"data":`), 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, 2, c.reply)
				if err := operations[http.MethodGet](t.Context(), client); err == nil || len(w.requests) != c.requests {
					t.Errorf("%d requests, %v", len(w.requests), err)
				}
			})
		})
	}
}

// The 404 of a path has a code; the 404 of the edge, when a proxy removed the client header, has
// none.
func TestIsNoEndpoint(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   bool
	}{
		"code":            {404, `{"error":true,"message":"Nothing here","code":"ENDPOINT_NOT_FOUND"}`, true},
		"edge":            {404, `{"message":"Not found. Error Code: apsh546."}`, true},
		"edge, capitals":  {404, `{"message":"Not found. Error Code: APSH546."}`, true},
		"message":         {404, `{"message":"Endpoint not found"}`, true},
		"API's message":   {404, `{"error":true,"message":"API endpoint not found."}`, true},
		"text":            {404, "Not found. Error Code: apsh546.", true},
		"task":            {404, `{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`, false},
		"another code":    {404, `{"message":"apsh546","code":"RESOURCE_NOT_FOUND"}`, false},
		"nothing":         {404, "", false},
		"another message": {404, `{"message":"Task not found"}`, false},
		"another status":  {401, `{"message":"Not found. Error Code: apsh546."}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := newScriptedClient(t, 0, reply{status: c.status, body: c.body})
			_, err := client.GetTask(t.Context(), processTask)
			if IsNoEndpoint(err) != c.want {
				t.Errorf("got %t for %v", !c.want, err)
			}
		})
	}
}
