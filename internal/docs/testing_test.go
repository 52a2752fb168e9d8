// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// newTested returns the example of the guide to testing, with the provider's example and the test
// file that edit returns.
func newTested(t *testing.T, edit func(string) string) *fixture {
	t.Helper()
	folder := filepath.Join(examples(t), "guides", "testing")
	test := filepath.Join(folder, "vpc.tftest.hcl")
	needs(t, test)
	s := newFixture(t, filepath.Join(folder, "main.tf"))
	if err := os.WriteFile(filepath.Join(s.folder, "vpc.tftest.hcl"), []byte(edit(content(t, test))), 0o600); err != nil {
		t.Fatal(err)
	}
	s.server.ResetJournal()
	return s
}

// test runs the CLI's test command, and returns what it printed and whether it succeeded.
func (f *fixture) test() (out string, ok bool) {
	f.t.Helper()
	var printed bytes.Buffer
	command := f.w.Command(f.t.Context(), f.server, f.folder, "test")
	command.Stdout, command.Stderr = &printed, &printed
	err := command.Run()
	return printed.String(), err == nil
}

// TestTestingGuide runs the test of the guide: it passes, and no request is sent.
func TestTestingGuide(t *testing.T) {
	t.Parallel()
	s := newTested(t, func(text string) string { return text })
	out, ok := s.test()
	if !ok || !strings.Contains(out, "1 passed, 0 failed") {
		t.Errorf("it failed:\n%s", out)
	}
	if n := s.server.Count("", ""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestTestingGuideUnmocked runs the same test without mock_provider, which the guide warns about:
// it completes the task, and leaves it completed.
func TestTestingGuideUnmocked(t *testing.T) {
	t.Parallel()
	mock := regexp.MustCompile(`(?s)^mock_provider .*?\n}\n`)
	s := newTested(t, func(text string) string {
		if !mock.MatchString(text) {
			t.Fatal("the example does not begin with mock_provider")
		}
		return mock.ReplaceAllString(text, "")
	})
	s.test()
	task, _ := s.server.Task(sandbox.SeedVPCTaskID)
	if s.server.Count(http.MethodPost, "completed-tasks") != 1 || s.server.Webhooks(sandbox.SeedVPCTaskID) != 1 || task.CompletedAt == "" {
		t.Errorf("%d completions, %d webhooks, completed at %q", s.server.Count(http.MethodPost, ""), s.server.Webhooks(sandbox.SeedVPCTaskID), task.CompletedAt)
	}
}

// TestTestingGuideDefaults removes each default that the guide calls necessary: the configuration
// cannot use the generated value.
func TestTestingGuideDefaults(t *testing.T) {
	t.Parallel()
	for _, attribute := range []string{"completed_at", "tasks_changed_by_rules"} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			line := regexp.MustCompile(`(?m)^ +` + attribute + ` += .*\n`)
			s := newTested(t, func(text string) string {
				if !line.MatchString(text) {
					t.Fatal("the example has no such default")
				}
				return line.ReplaceAllString(text, "")
			})
			if out, ok := s.test(); ok || !strings.Contains(out, attribute) {
				t.Errorf("it passed, or failed for another reason:\n%s", out)
			}
		})
	}
}
