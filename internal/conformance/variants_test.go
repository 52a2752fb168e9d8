// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// observeOnly makes all observations, without a CLI, and returns the report and its text.
func observeOnly(t *testing.T, settings Settings, change func(*Suite)) (Report, string) {
	t.Helper()
	suite := &Suite{Settings: settings, Install: func() (*clitest.Installation, error) { return nil, errNoForm }}
	if change != nil {
		change(suite)
	}
	// The subtests of Run would begin with the promises.
	t.Run("suite", func(t *testing.T) {
		suite.begin(t.Context(), t)
		t.Run("observations", func(t *testing.T) { suite.makeObservations(t.Context(), t) })
	})
	return readReport(t, settings.ReportDir)
}

// TestConfigurations changes one thing about the sandbox. The report has to show that and nothing
// else.
func TestConfigurations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config sandbox.Config
		want   map[string]string
	}{
		"taskdata in all responses": {sandbox.Config{ShowTaskdata: true}, map[string]string{"plain-get-taskdata": "{} → answers an unknown"}},
		"line breaks": {
			sandbox.Config{Rewrite: func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }},
			map[string]string{"value-line-breaks": "with LF → answers an unknown"},
		},
		"whitespace": {sandbox.Config{Rewrite: strings.TrimSpace}, map[string]string{"value-whitespace": "trimmed → answers an unknown"}},
		"HTML": {
			sandbox.Config{Rewrite: strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace},
			map[string]string{"value-html": "escaped → answers an unknown"},
		},
		"paging": {sandbox.Config{Paging: sandbox.PagingHasMore}, map[string]string{"list-links": "absent → as expected"}},
		"lists that lag": {sandbox.Config{ListLag: 1}, map[string]string{
			"list-lag": "more than 5 → as expected", "filter-complete": "→ not observed", "filter-completed": "→ not observed", "filter-owners": "→ not observed",
			"hidden-completion": "→ not observed",
		}},
		"reads that lag": {lagging(3), map[string]string{"read-lag": "3 → answers an unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := seeded(t, test.config)
			report, _ := observeOnly(t, settingsFor(t, server.URL()), nil)
			want := maps.Clone(ofToday)
			maps.Copy(want, test.want)
			checkSeen(t, report, want)
			if test.config.ListLag == 0 {
				checkRemoved(t, server)
			}
		})
	}
}

// lagging returns a sandbox whose reads of a task are a number of requests behind.
func lagging(requests int) sandbox.Config {
	var passed atomic.Int64
	start := time.Date(2035, 6, 6, 12, 0, 0, 0, time.UTC)
	return sandbox.Config{
		ReadLag: time.Duration(requests) * time.Second,
		Now:     func() time.Time { return start.Add(time.Duration(passed.Load()) * time.Second) },
		Watch:   func(sandbox.Entry) { passed.Add(1) },
	}
}

// changed is a server that forwards to a sandbox and changes responses. The function gets the
// request, its body and the response.
func changed(t *testing.T, server *sandbox.Server, change func(r *http.Request, body string, w *httptest.ResponseRecorder)) string {
	t.Helper()
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, r)
		change(r, string(body), recorder)
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes()) // the client may be gone
	}))
	t.Cleanup(between.Close)
	return between.URL + "/api"
}

// respond replaces a response.
func respond(w *httptest.ResponseRecorder, status int, body string) {
	w.Code, w.Body = status, bytes.NewBufferString(body)
}

// TestAnotherAnswer observes a server that differs in one point.
func TestAnotherAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(r *http.Request, body string, w *httptest.ResponseRecorder)
		want   map[string]string
	}{
		"an update of a completed task is accepted": {
			func(r *http.Request, _ string, w *httptest.ResponseRecorder) {
				if r.Method == http.MethodPut && w.Code == 422 && strings.Contains(w.Body.String(), "completed task cannot be updated") {
					respond(w, 200, `{"data":{}}`)
				}
			},
			map[string]string{"update-completed": "200 → differs"},
		},
		"a second completion is a conflict with a page": {
			func(r *http.Request, _ string, w *httptest.ResponseRecorder) {
				if r.Method == http.MethodPost && strings.Contains(w.Body.String(), "This task is already completed.") {
					respond(w, 503, "<html>\n<title>Busy</title></html>")
				}
			},
			map[string]string{
				"completer-guest-member": "completer_guest → as expected", "completion-taskdata": "saved → as expected", "rules-empty": "{} → as expected",
				"second-completion": "503 <html> <title>Busy</title></html> → differs",
				"decision-change":   "503 <html> <title>Busy</title></html>, false → answers an unknown",
			},
		},
		"headers about the rate": {
			func(_ *http.Request, _ string, w *httptest.ResponseRecorder) {
				w.Header().Set("X-RateLimit-Remaining", "17")
			},
			map[string]string{"rate-limit-headers": "X-Ratelimit-Remaining → as expected"},
		},
		"an unknown path looks like a missing task": {
			func(r *http.Request, _ string, w *httptest.ResponseRecorder) {
				if strings.HasSuffix(r.URL.Path, "/no-such-path") {
					respond(w, 404, `{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`)
				}
			},
			map[string]string{"unknown-path": "404 Resource not found (RESOURCE_NOT_FOUND) → differs"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := sandbox.Config{}
			if _, isLegacy := test.want["rules-empty"]; isLegacy {
				config.Vintage = sandbox.Legacy
			}
			server := seeded(t, config)
			report, _ := observeOnly(t, settingsFor(t, changed(t, server, test.change)), nil)
			want := maps.Clone(ofToday)
			maps.Copy(want, test.want)
			checkSeen(t, report, want)
			checkRemoved(t, server)
		})
	}
}

// TestTaskInContainer observes a server that puts each one-off task into a process of its own, as
// MCP describes it.
func TestTaskInContainer(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	base := changedRequest(t, server, func(r *http.Request, body map[string]any) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/tasks") {
			body["separate_task_for_each_assignee"] = true
		}
	})
	report, _ := observeOnly(t, settingsFor(t, base), nil)
	want := maps.Clone(ofToday)
	maps.Copy(want, map[string]string{
		"creation-run":   "a process → as expected",
		"archive-status": "422 Cannot delete linked tasks. (CANNOT_DELETE_LINKED_TASK) → differs",
		"archived-get":   "→ not observed", "archived-completion": "→ not observed",
		"one-off-rules":          "[] → differs",
		"one-off-partial-update": "200 → differs", // the update of a process task may be partial
		"routing-trap-one-off":   want["routing-trap-one-off"],
	})
	checkSeen(t, report, want)
	checkRemoved(t, server)
}

// changedRequest is a server that forwards to a sandbox and changes the JSON of requests.
func changedRequest(t *testing.T, server *sandbox.Server, change func(*http.Request, map[string]any)) string {
	t.Helper()
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		raw, _ := io.ReadAll(r.Body)
		if json.Unmarshal(raw, &body) == nil {
			change(r, body)
			raw, _ = json.Marshal(body)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(between.Close)
	return between.URL + "/api"
}

// TestSilentServer never gets a response to one request. The suite continues, and leaves nothing.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	server.Inject(sandbox.Fault{Method: http.MethodDelete, PathPart: "/completed-tasks/", Times: 1, Delay: time.Hour})
	report, _ := observeOnly(t, settingsFor(t, server.URL()), func(s *Suite) { s.timeout = time.Second })
	want := maps.Clone(ofToday)
	for _, id := range []string{"reopen-status", "reopened-word", "reopened-facts", "reopen-open"} {
		want[id] = "→ not observed"
	}
	checkSeen(t, report, want)
	checkRemoved(t, server)
}

// TestRedaction observes a server that repeats who is asking in every error.
func TestRedaction(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	var base string
	base = changed(t, server, func(r *http.Request, _ string, w *httptest.ResponseRecorder) {
		if w.Code < 400 {
			return
		}
		host, _ := url.Parse(base)
		respond(w, w.Code, fmt.Sprintf(`{"message":"%s asks %s as %s (USER 1001, TERRAFORM%%40example.com) for https://%s/x of %s"}`,
			r.Header.Get("Authorization"), host.Host, sandbox.SeedCallerEmail, host.Host, strings.ToUpper(sandbox.DefaultOrganization)))
	})
	report, text := observeOnly(t, settingsFor(t, base), nil)
	if !strings.Contains(text, "<email>") && !strings.Contains(text, "&lt;user>") {
		t.Errorf("nothing was redacted: %s", text)
	}
	checkRedacted(t, text, base)
	if len(report.Observations) != len(ofToday) {
		t.Errorf("%d observations", len(report.Observations))
	}
}
