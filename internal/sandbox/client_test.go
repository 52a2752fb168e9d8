// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const (
	org   = sandbox.DefaultOrganization
	run   = "5eed0000000000000000000000000aaa"
	other = "5eed0000000000000000000000000bbb"
	task  = "7a5c0000000000000000000000000aaa"
	field = "f1e1d000000000000000000000000aaa"

	orgTasks   = "/organizations/" + org + "/tasks"
	orgTask    = orgTasks + "/" + task
	orgPost    = "/organizations/" + org + "/completed-tasks"
	runTasks   = "/organizations/" + org + "/runs/" + run + "/tasks"
	runTask    = runTasks + "/" + task
	runPost    = "/organizations/" + org + "/runs/" + run + "/completed-tasks"
	otherTask  = "/organizations/" + org + "/runs/" + other + "/tasks/" + task
	otherPost  = "/organizations/" + org + "/runs/" + other + "/completed-tasks"
	completion = `{"task_id":"` + task + `"}`
)

// noon is what the clock of every sandbox here shows: a Wednesday.
var noon = time.Date(2035, 6, 6, 12, 0, 0, 987654321, time.UTC)

// client sends requests as a correct client does.
type client struct {
	*sandbox.Server
	t    *testing.T
	base string
	http *http.Client
}

// start serves a sandbox with these tasks.
func start(t *testing.T, c sandbox.Config, tasks ...sandbox.Task) *client {
	t.Helper()
	if c.Now == nil {
		c.Now = func() time.Time { return noon }
	}
	s, err := sandbox.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, task := range tasks {
		s.AddTask(task)
	}
	return &client{s, t, s.URL(), http.DefaultClient}
}

// inBubble runs a test with a sandbox without a network, in a synctest bubble.
func inBubble(t *testing.T, c sandbox.Config, test func(*client), tasks ...sandbox.Task) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := sandbox.New(c)
		for _, task := range tasks {
			s.AddTask(task)
		}
		test(&client{s, t, "http://sandbox/api", &http.Client{Transport: inProcess{s}}})
	})
}

// inProcess hands requests to a handler: a connection would keep the clock of a
// bubble from moving.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// reply is a response with its body.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// request returns a request with all headers that the API requires.
func (c *client) request(method, path, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	r.Header.Set("X-Tallyfy-Client", "APIClient")
	r.Header.Set("Accept", "application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (c *client) do(method, path, body string) reply {
	c.t.Helper()
	return c.send(c.request(method, path, body))
}

func (c *client) send(r *http.Request) reply {
	c.t.Helper()
	got, err := c.try(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return got
}

// try sends a request that may fail.
func (c *client) try(r *http.Request) (reply, error) {
	resp, err := c.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	got := reply{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	_ = decoder.Decode(&got.body) // Some responses are not JSON.
	return got, nil
}

// expect sends a request and checks the status.
func (c *client) expect(status int, method, path, body string) reply {
	c.t.Helper()
	got := c.do(method, path, body)
	if got.status != status {
		c.t.Fatalf("%s %s: got %d, want %d: %s", method, path, got.status, status, got.raw)
	}
	return got
}

// state returns the sandbox's task.
func (c *client) state() sandbox.Task {
	c.t.Helper()
	got, ok := c.Task(task)
	if !ok {
		c.t.Fatalf("no task %s", task)
	}
	return got
}

// lastNote returns the note of the latest journal entry.
func (c *client) lastNote() string {
	c.t.Helper()
	journal := c.Journal()
	if len(journal) == 0 {
		c.t.Fatal("the journal is empty")
	}
	return journal[len(journal)-1].Note
}

// at follows keys into the body, and returns the JSON that is there; "absent"
// if there is nothing.
func (r reply) at(keys ...string) string {
	var value any = r.body
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok {
			return "absent"
		}
		if value, ok = object[key]; !ok {
			return "absent"
		}
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

// rows are the items of a list.
func (r reply) rows() []map[string]any {
	list, _ := r.body["data"].([]any)
	rows := make([]map[string]any, 0, len(list))
	for _, item := range list {
		row, _ := item.(map[string]any)
		rows = append(rows, row)
	}
	return rows
}

// check compares a value in the body, written as JSON.
func (c *client) check(r reply, want string, keys ...string) {
	c.t.Helper()
	if got := r.at(keys...); got != want {
		c.t.Errorf("%s: got %s, want %s", strings.Join(keys, "."), got, want)
	}
}

// processTask and oneOff are plain tasks to start from.
func processTask() sandbox.Task {
	return sandbox.Task{ID: task, RunID: run, Title: "A task"}
}

func oneOff() sandbox.Task {
	return sandbox.Task{
		ID: task, Title: "A task", Deadline: "2035-06-04T17:00:00Z",
		Owners: sandbox.Owners{
			Users: []int64{sandbox.CallerID}, Guests: []string{"guest@example.com"}, Groups: []string{"96"},
		},
	}
}
