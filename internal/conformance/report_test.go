// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	one := []Expectation{says("200", "[DOC]")}
	two := []Expectation{says("200", "[DOC]"), like("an error", "[SRC]", `4\d\d`)}
	for _, test := range []struct {
		expected []Expectation
		seen     string
		verdict  Verdict
		note     string
	}{
		{one, "200", AsExpected, ""},
		{one, "201", Differs, ""},
		{one, "2000", Differs, ""},
		{two, "422 Already completed.", AsExpected, "agrees with [SRC]"},
		{two, "200", AsExpected, "agrees with [DOC]"},
		{two, "500", Differs, ""},
		{nil, "500", Answered, ""},
	} {
		got := Observation{Expected: test.expected, Note: "old"}.judge(test.seen)
		if got.Verdict != test.verdict || got.Note != test.note || got.Seen != test.seen {
			t.Errorf("%q: got %s %q", test.seen, got.Verdict, got.Note)
		}
	}
	if got := (Observation{Expected: one, Seen: "x"}).miss("why"); got.Verdict != NotObserved || got.Note != "why" || got.Seen != "" {
		t.Errorf("got %+v", got)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	o := Observation{ID: "x", Section: "1.1", Question: "What | then?", Expected: []Expectation{says("a", "[DOC]"), says("b", "[SRC]")}}
	page := Report{
		Date: "2035-06-06", Provider: "0b67548a1aa1", Interval: "1s", CLI: "Terraform 1.11.4", Server: "another address", Requests: 7, NotRemoved: 1, Ended: "interrupted",
		Promises:     []Promise{{Name: "complete", Result: resultFailed, Note: "<b>|</b>"}},
		Observations: []Observation{o.judge("<i>`a`\n|"), o.judge("b"), {ID: "y", Section: "8", Question: "q"}},
	}.markdown()
	for _, part := range []string{
		"- 2035-06-06, another address, without a process\n", "- provider at commit 0b67548a1aa1, Terraform 1.11.4\n",
		"- 7 requests, one in 1s at most, 0 of them", "- 1 of the created", "**Ended early:** interrupted",
		"| complete | failed | &lt;b>\\|&lt;/b> |\n", "| differs | 1 |", "| as expected | 1 |",
		"| `x`: What \\| then? | §1.1 | a [DOC], or b [SRC] | &lt;i>'a' \\| | differs |\n", "| b | as expected: agrees with [SRC] |\n", "| unknown [UNK] |  |",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is missing in\n%s", part, page)
		}
	}
}

// TestCatalog checks that each observation is distinct and names a section of API.md.
func TestCatalog(t *testing.T) {
	t.Parallel()
	api, err := os.ReadFile(filepath.Join("..", "tallyfy", "API.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, o := range catalog() {
		if seen[o.ID] || !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(o.ID) || o.How == "" || !strings.HasSuffix(o.Question, "?") && !strings.HasSuffix(o.Question, ".") {
			t.Errorf("the observation %q is incomplete, or there are two", o.ID)
		}
		seen[o.ID] = true
		pattern := `(?m)^#{2,3} ` + regexp.QuoteMeta(o.Section) + `\.? `
		if item, isContradiction := strings.CutPrefix(o.Section, "7."); isContradiction {
			pattern = `(?s)## 7\. .*\n` + item + `\. .*## 8\. `
		}
		if !regexp.MustCompile(pattern).Match(api) {
			t.Errorf("%s: API.md has no §%s", o.ID, o.Section)
		}
	}
	if len(seen) < 60 {
		t.Errorf("there are only %d observations", len(seen))
	}
}

func TestSawUnknown(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an observation that is not in the catalog was recorded")
		}
	}()
	(&observer{results: map[string]Observation{}}).saw("no-such-observation", "x")
}

// TestReportDir has a directory that does not exist yet, one below the root, and one that cannot
// be.
func TestReportDir(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for dir, want := range map[string]string{"": root, "a/b": filepath.Join(root, "a", "b"), filepath.Join(root, "c"): filepath.Join(root, "c")} {
		got, err := reportDir(dir, root)
		if info, failed := os.Stat(got); err != nil || failed != nil || !info.IsDir() || got != want {
			t.Errorf("%q: got %q, %v", dir, got, err)
		}
	}
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reportDir(file, root); err == nil || !strings.Contains(err.Error(), "the directory of TALLYFY_ACC_REPORT cannot be created") {
		t.Errorf("got %v", err)
	}
}
