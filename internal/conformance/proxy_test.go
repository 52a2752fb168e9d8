// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// send sends a request through a proxy, as the provider does, and returns the status; 0 if the
// connection was lost.
func send(t *testing.T, x *proxy, method, path, body, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, x.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Tallyfy-Client", "APIClient")
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func TestProxy(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	settings := settingsFor(t, server.URL())
	settings.MaxRequests = 6
	p := newPacer(settings, responseTimeout)
	x, err := startProxy(settings, p)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	var watched []string
	x.observe(func(e exchange) { watched = append(watched, e.method) })
	inRun := "/organizations/" + settings.Organization + "/runs/" + sandbox.SeedRunID
	completion := `{"task_id":"` + sandbox.SeedPlainTaskID + `"}`
	server.Inject(sandbox.Fault{Method: http.MethodPut, Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example/"}}})
	for _, test := range []struct {
		method, path, body, token string
		status                    int
	}{
		{http.MethodGet, inRun + "/tasks/" + sandbox.SeedPlainTaskID, "", settings.Token, 200},
		{http.MethodPost, inRun + "/completed-tasks", completion, settings.Token, 200},
		{http.MethodPut, inRun + "/tasks/" + sandbox.SeedVPCTaskID, "{}", settings.Token, 302},
		{http.MethodDelete, inRun + "/completed-tasks/" + sandbox.SeedPlainTaskID, "", settings.Token, 200},
		{http.MethodGet, "/me", "", "", 401}, // the proxy adds no token
	} {
		if got := send(t, x, test.method, test.path, test.body, test.token); got != test.status {
			t.Errorf("%s %s: got %d, want %d", test.method, test.path, got, test.status)
		}
	}
	// The provider sees a lost connection as one, and the limit is of all requests.
	server.Close()
	for range 2 {
		if got := send(t, x, http.MethodPost, inRun+"/completed-tasks", completion, settings.Token); got != 0 {
			t.Errorf("without a server it got %d", got)
		}
	}
	if sent, _ := p.counts(); sent != 6 {
		t.Errorf("%d requests were sent", sent)
	}
	r := result{requests: x.take()}
	if got := r.writes(sandbox.SeedPlainTaskID); got != "POST, DELETE, POST (not accepted), POST (not accepted)" {
		t.Errorf("the writes are %q", got)
	}
	if got := r.writes(sandbox.SeedVPCTaskID); got != "PUT (not accepted)" {
		t.Errorf("the writes of the other task are %q", got)
	}
	if len(watched) != 7 || r.onlyReads() || len(x.take()) != 0 {
		t.Errorf("watched %q", watched)
	}
	if got := strings.Join(x.Environment(), " "); got != "TALLYFY_BASE_URL="+x.address+" TALLYFY_ACCESS_TOKEN=sandbox-access-token TALLYFY_ORG_ID="+settings.Organization || !strings.HasPrefix(x.address, "http://127.0.0.1:") {
		t.Errorf("the environment is %q", got)
	}
}

// TestWrites does not count a rejection for the rate as a write.
func TestWrites(t *testing.T) {
	t.Parallel()
	r := result{requests: []exchange{
		{method: "GET", task: "a", status: 200}, {method: "POST", task: "a", status: 429}, {method: "POST", task: "a", status: 200}, {method: "POST", task: "b", status: 0},
	}}
	if got := r.writes("a"); got != "POST" {
		t.Errorf("got %q", got)
	}
	if got := r.writes("b"); got != "POST (not accepted)" {
		t.Errorf("got %q", got)
	}
}
