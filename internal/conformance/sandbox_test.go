// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The suite itself does not know the sandbox. These tests run it against one.

// seeded returns a sandbox with its template.
func seeded(t *testing.T, c sandbox.Config) *sandbox.Server {
	t.Helper()
	server, err := sandbox.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	sandbox.Seed(server)
	return server
}

// settingsFor returns settings for a server at an address, with everything that is optional and
// without a pause between requests.
func settingsFor(t *testing.T, base string) Settings {
	t.Helper()
	parsed, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return Settings{
		BaseURL: parsed, Token: sandbox.DefaultToken, Organization: sandbox.DefaultOrganization, Template: sandbox.SeedTemplateID,
		ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret, TokenURL: base + "/oauth/token",
		MaxRequests: defaultMaxRequests, ReportDir: t.TempDir(),
	}
}

// readReport reads the report that a suite has written.
func readReport(t *testing.T, dir string) (report Report, text string) {
	t.Helper()
	encoded, err := os.ReadFile(filepath.Join(dir, "conformance.json")) //nolint:gosec // of this test
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &report); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "conformance.md")) //nolint:gosec // of this test
	if err != nil {
		t.Fatal(err)
	}
	return report, string(encoded) + string(page)
}

// TestSandbox runs the whole suite against both vintages of the sandbox. The report has to agree
// with what the sandbox is.
func TestSandbox(t *testing.T) {
	t.Parallel()
	for name, vintage := range map[string]sandbox.Vintage{"today": sandbox.Today, "legacy": sandbox.Legacy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := seeded(t, sandbox.Config{Vintage: vintage})
			settings := settingsFor(t, server.URL())
			if !t.Run("suite", func(t *testing.T) {
				(&Suite{Settings: settings, Install: clitest.Shared}).Run(t.Context(), t)
			}) {
				return
			}
			report, text := readReport(t, settings.ReportDir)
			for _, p := range report.Promises {
				if p.Result != resultPassed {
					t.Errorf("%s: %s %s", p.Name, p.Result, p.Note)
				}
			}
			if len(report.Promises) != len(promises()) || report.NotRemoved != 0 || report.Ended != "" || !report.Process {
				t.Errorf("the report is %+v", report)
			}
			if report.Provider == "" || report.Interval != "0s" {
				t.Errorf("the report does not say what was tested, and how fast: %+v", report)
			}
			checkSeen(t, report, wantedObservations(vintage))
			checkRemoved(t, server)
			checkRedacted(t, text, server.URL())
			if report.Requests > defaultMaxRequests*3/4 {
				t.Errorf("%d requests were sent", report.Requests)
			}
		})
	}
}

// checkRemoved checks that all that was created is archived, and that nothing else was touched.
func checkRemoved(t *testing.T, server *sandbox.Server) {
	t.Helper()
	created, runs := 0, 0
	for _, e := range server.Journal() {
		switch {
		case e.Method == "POST" && strings.HasSuffix(e.Path, "/tasks") && e.Status == 201:
			created++
		case e.Method == "POST" && strings.HasSuffix(e.Path, "/runs") && e.Status == 201:
			runs++
		}
	}
	if open := server.Listed(titlePrefix); created == 0 || len(open) != 0 {
		t.Errorf("%d tasks and %d processes were created, and these remain: %q", created, runs, open)
	}
	for _, task := range sandbox.SeedTasks() {
		if now, _ := server.Task(task.ID); now.Status != "in-progress" || server.Webhooks(task.ID) != 0 {
			t.Errorf("%s is %s", task.Title, now.Status)
		}
	}
}

// checkSeen compares what was observed, by the IDs of observations.
func checkSeen(t *testing.T, report Report, want map[string]string) {
	t.Helper()
	for _, o := range report.Observations {
		seen, ok := want[o.ID]
		if got := strings.TrimSpace(o.Seen + " → " + string(o.Verdict)); !ok || got != seen {
			t.Errorf("%s: got %q, want %q (%s)", o.ID, got, seen, o.Note)
		}
		delete(want, o.ID)
	}
	for id := range want {
		t.Errorf("%s is missing", id)
	}
}

func checkRedacted(t *testing.T, text, base string) {
	t.Helper()
	host, _ := url.Parse(base)
	for _, secret := range []string{
		sandbox.DefaultToken, sandbox.DefaultOrganization, sandbox.DefaultClientSecret, sandbox.SeedCallerEmail, sandbox.SeedTemplateID, host.Host, "User 1001",
	} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
			t.Errorf("the report has %q", secret)
		}
	}
}
