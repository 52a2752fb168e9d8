// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/provider"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func failureModes(t *testing.T) string {
	t.Helper()
	return content(t, filepath.Join(filepath.Dir(examples(t)), "docs", "guides", "failure-modes.md"))
}

// bothSeverities is the severity of a message that is an error in one situation and a warning in
// another.
const bothSeverities = "Error or Warning"

// entries returns the messages that the guide describes, by title, with the severity that their
// section has in its name.
func entries(t *testing.T) map[string]string {
	t.Helper()
	all, title, severity := map[string]string{}, "", ""
	for line := range strings.Lines(failureModes(t)) {
		line = strings.TrimSpace(line)
		if section, ok := strings.CutPrefix(line, "## "); ok {
			title, severity = "", ""
			if strings.HasPrefix(section, anError+"s and "+aWarning+"s of ") {
				severity = bothSeverities
			}
			for _, is := range []string{anError, aWarning} {
				if strings.HasPrefix(section, is+"s of ") {
					severity = is
				}
			}
		}
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			if _, twice := all[heading]; twice || severity == "" {
				t.Errorf("%q has two entries, or is in no section of errors or warnings", heading)
			}
			title = heading
			all[title] = severity
		} else if title != "" && strings.HasPrefix(line, title) {
			t.Errorf("%q only repeats itself", title)
		} else if title != "" && strings.HasPrefix(line, "The same") {
			t.Errorf("%q refers to the entry above it, which a reader who follows a link does not see", title)
		}
	}
	return all
}

// TestFailureModes checks that the guide and the code have the same messages.
func TestFailureModes(t *testing.T) {
	t.Parallel()
	code, guide := messages(t), entries(t)
	for title, severity := range code {
		switch described, ok := guide[title]; {
		case !ok:
			t.Errorf("the guide does not describe %q", title)
		case severity != errOrWarns && severity != described && described != bothSeverities:
			t.Errorf("%q is of the severity %s, and the guide says %s", title, severity, described)
		}
	}
	_, list, _ := strings.Cut(failureModes(t), "\n## All Messages\n")
	list, _, _ = strings.Cut(list, "\n## ")
	var listed []string
	for _, item := range linkText.FindAllStringSubmatch(list, -1) {
		listed = append(listed, strings.ToLower(item[1]))
	}
	if !slices.IsSorted(listed) {
		t.Errorf("the list of all messages is not in alphabetical order: %s", strings.Join(listed, ", "))
	}
	for title := range guide {
		if _, ok := code[title]; !ok {
			t.Errorf("no message is titled %q", title)
		}
		if !strings.Contains(list, "["+title+"](#") {
			t.Errorf("the list of all messages lacks %q", title)
		}
	}
	for _, entry := range strings.Split(failureModes(t), "\n### ")[1:] {
		title, text, _ := strings.Cut(entry, "\n")
		if strings.Count(text, "**Fix:** ")+strings.Count(text, "No action needed") != 1 {
			t.Errorf("%q does not say what to do, once", title)
		}
	}
}

// TestFailureModesShowsAnError compares the error that the guide explains with a real one.
func TestFailureModesShowsAnError(t *testing.T) {
	t.Parallel()
	server, err := sandbox.Start(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	sandbox.Seed(server)
	server.Inject(sandbox.Fault{
		Method: http.MethodPost, Status: http.StatusUnprocessableEntity, Header: http.Header{"X-Request-Id": {"9f3c1e7a"}},
		Body: `{"message":"The given data was invalid.","errors":{"VPC id":["The VPC id field is required."]}}`,
	})
	terraform, err := prototest.New(t.Context(), provider.New("test"), prototest.Attributes{
		"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": server.URL(),
	}, "tallyfy_task_completion")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := terraform.Plan(t.Context(), prototest.Attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedVPCTaskID})
	if err != nil {
		t.Fatal(err)
	}
	said, err := terraform.Apply(t.Context(), plan)
	if err != nil || len(said) != 1 {
		t.Fatalf("got %v, %v", err, said)
	}
	want := "\n```text\n" + "Error: " + said[0].Summary + "\n\n" + said[0].Detail + "\n```\n"
	if !strings.Contains(failureModes(t), want) {
		t.Errorf("the guide does not show:%s", want)
	}
}
