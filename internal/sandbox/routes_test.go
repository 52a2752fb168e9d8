// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestAuthorize(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	const elsewhere = "/organizations/deadbeefdeadbeefdeadbeefdeadbeef/tasks/" + task
	for name, test := range map[string]struct {
		method, path string
		change       func(http.Header)
		status       int
		want         string
	}{
		"no token": {
			path: orgTask, change: func(h http.Header) { h.Del("Authorization") },
			status: 401, want: `{"message":"Unauthenticated."}`,
		},
		"wrong token": {
			path: orgTask, change: func(h http.Header) { h.Set("Authorization", "Bearer wrong") },
			status: 401, want: `{"message":"Unauthenticated."}`,
		},
		"two spaces": {
			path: orgTask, change: func(h http.Header) { h.Set("Authorization", "Bearer  "+sandbox.DefaultToken) },
			status: 401, want: `{"message":"Unauthenticated."}`,
		},
		"no client header": {
			path: orgTask, change: func(h http.Header) { h.Del("X-Tallyfy-Client") },
			status: 404, want: `{"message":"Not found. Error Code: apsh546."}`,
		},
		"unknown path": {
			path:   "/organizations/" + org + "/nothing",
			status: 404, want: `{"code":"ENDPOINT_NOT_FOUND","error":true,"message":"API endpoint not found"}`,
		},
		"empty id": {
			path:   orgTasks + "/",
			status: 404, want: `{"code":"ENDPOINT_NOT_FOUND","error":true,"message":"API endpoint not found"}`,
		},
		"another organization": {
			path:   elsewhere,
			status: 403, want: `{"code":"YOU_DON'T_HAVE_APPLICATIO","error":true,` +
				`"message":"You don't have application's permissions for this organization!"}`,
		},
		"unknown task": {
			path:   orgTasks + "/7a5c",
			status: 404, want: `{"code":"RESOURCE_NOT_FOUND","error":true,"message":"Resource not found"}`,
		},
		"unknown run": {
			path:   "/organizations/" + org + "/runs/5eed/tasks",
			status: 404, want: `{"code":"RESOURCE_NOT_FOUND","error":true,"message":"Resource not found"}`,
		},
		"unknown run, itself": {
			path:   "/organizations/" + org + "/runs/5eed",
			status: 404, want: `{"code":"RESOURCE_NOT_FOUND","error":true,"message":"Resource not found"}`,
		},
		"task of another run": {
			path:   otherTask,
			status: 404, want: `{"code":"RESOURCE_NOT_FOUND","error":true,"message":"Resource not found"}`,
		},
		"who am I": {
			path:   "/me",
			status: 200, want: `{"data":{"email":"terraform@example.com","first_name":"User","full_name":"User 1001","id":1001,` +
				`"last_name":"1001","timezone":"UTC","username":"terraform@example.com"}}`,
		},
		"where am I": {
			path:   "/me/organizations",
			status: 200, want: `{"data":[{"created_at":"2026-01-05T09:00:00Z","id":"` + org + `","name":"Sandbox"}],"meta":` +
				`{"pagination":{"count":1,"current_page":1,"links":[],"per_page":10,"total":1,"total_pages":1}}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.request(http.MethodGet, test.path, "")
			if test.change != nil {
				test.change(r.Header)
			}
			got := c.send(r)
			if got.status != test.status || got.at() != test.want {
				t.Errorf("got %d %s\nwant %d %s", got.status, got.raw, test.status, test.want)
			}
			if got.header.Get("X-Request-Id") == "" {
				t.Error("no X-Request-Id")
			}
		})
	}
}

func TestMethodNotAllowed(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	for path, allow := range map[string]string{
		runPost:              "POST",
		runPost + "/" + task: "DELETE", // One old source has POST here.
		runTask:              "GET, HEAD, PUT",
	} {
		t.Run(path, func(t *testing.T) {
			got := c.expect(http.StatusMethodNotAllowed, http.MethodPatch, path, "")
			if got.header.Get("Allow") != allow {
				t.Errorf("Allow is %q, want %q", got.header.Get("Allow"), allow)
			}
			c.check(got, `"THE_PATCH_METHOD_IS_NOT_S"`, "code")
		})
	}
	c.expect(http.StatusMethodNotAllowed, http.MethodPost, runPost+"/"+task, "")
	c.expect(http.StatusOK, http.MethodHead, runTask, "")
}

func TestCompletionOnly(t *testing.T) {
	oneOffTask := oneOff()
	oneOffTask.ID = "7a5c"
	c := start(t, sandbox.Config{CompletionOnly: true}, processTask(), oneOffTask)
	for _, r := range []struct{ method, path string }{
		{http.MethodGet, orgTask},
		{http.MethodGet, runTask},
		{http.MethodGet, runPost},
		{http.MethodPut, runTask},
		{http.MethodDelete, runPost + "/" + task},
		{http.MethodGet, "/me"},
	} {
		got := c.expect(http.StatusNotFound, r.method, r.path, "")
		c.check(got, `"ENDPOINT_NOT_FOUND"`, "code")
	}
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	c.expect(http.StatusOK, http.MethodPost, orgPost, `{"task_id":"7a5c"}`)
	c.expect(http.StatusForbidden, http.MethodPost, "/organizations/deadbeef/completed-tasks", completion)
}

// An ID in a path is unescaped exactly once.
func TestEscapedIDs(t *testing.T) {
	c := start(t, sandbox.Config{}, sandbox.Task{ID: "a b/c", RunID: run})
	c.expect(http.StatusOK, http.MethodGet, orgTasks+"/a%20b%2Fc", "")
	c.expect(http.StatusNotFound, http.MethodGet, orgTasks+"/a%20b/c", "")
}

func TestInputThatIsNotRead(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	for name, test := range map[string]struct{ contentType, body, note string }{
		"form":      {"application/x-www-form-urlencoded", completion, "Content-Type is not JSON"},
		"no type":   {"", completion, "Content-Type is not JSON"},
		"list":      {"application/json", `["` + task + `"]`, "not a JSON object"},
		"truncated": {"application/json", completion[:10], "not a JSON object"},
		"two":       {"application/json", completion + completion, "not a JSON object"},
		"null":      {"application/json", "null", "not a JSON object"},
		"empty":     {"application/json", " ", "no task_id"},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.request(http.MethodPost, runPost, test.body)
			r.Header.Del("Content-Type")
			if test.contentType != "" {
				r.Header.Set("Content-Type", test.contentType)
			}
			got := c.send(r)
			if got.status != http.StatusUnprocessableEntity {
				t.Fatalf("got %d: %s", got.status, got.raw)
			}
			c.check(got, `["The task id field is required."]`, "errors", "task_id")
			contains(t, c.lastNote(), test.note)
		})
	}
	r := c.request(http.MethodPost, runPost, completion)
	r.Header.Set("Content-Type", "application/vnd.api+json; charset=utf-8")
	if got := c.send(r); got.status != http.StatusOK {
		t.Errorf("got %d: %s", got.status, got.raw)
	}
}
