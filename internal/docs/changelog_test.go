// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	changelogVersion = regexp.MustCompile(`^## (?:Unreleased|\d+\.\d+\.\d+ \([A-Z][a-z]+ \d{1,2}, \d{4}\))$`)
	changelogKinds   = []string{"BREAKING CHANGES:", "NOTES:", "FEATURES:", "ENHANCEMENTS:", "BUG FIXES:"}
)

// TestChangelog checks the form of CHANGELOG.md: versions with their dates, and entries below the
// kinds of changes.
func TestChangelog(t *testing.T) {
	t.Parallel()
	p := readPage(t, filepath.Dir(examples(t)), "CHANGELOG.md")
	for _, problem := range checkChangelog(p.prose) {
		t.Error(problem)
	}
}

func TestChangelogCheck(t *testing.T) {
	t.Parallel()
	const head = "# Changelog\n\nVersions follow.\n\n"
	for _, test := range []struct {
		name, text, want string
	}{
		{"unreleased", "## Unreleased\n\nFEATURES:\n\n* **New Resource:** `a`\n", ""},
		{"a release", "## Unreleased\n\n## 1.2.3 (November 5, 2026)\n\nBUG FIXES:\n\n* resource/a: Fix it.\n", ""},
		{"no version", "", "there is no version"},
		{"a version without a date", "## 1.2.3\n", `"## 1.2.3" is not a version`},
		{"another kind", "## Unreleased\n\nADDED:\n", `"ADDED:" is not a kind`},
		{"a heading as the kind", "## Unreleased\n\n### Added\n", `"### Added" is not a version`},
		{"an entry without a kind", "## Unreleased\n\n* a: Fix it.\n", `"* a: Fix it." has no kind`},
		{"an entry of the previous version's kind", "## Unreleased\n\nNOTES:\n\n* b\n\n## 1.0.0 (May 1, 2026)\n\n* c\n", `"* c" has no kind`},
		{"a kind without an entry", "## Unreleased\n\nNOTES:\n\nFEATURES:\n\n* b\n", "NOTES: has no entry"},
		{"a last kind without an entry", "## Unreleased\n\nNOTES:\n", "NOTES: has no entry"},
		{"text", "## Unreleased\n\nNOTES:\n\n* b\n\nMore.\n", `"More." is not an entry`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(checkChangelog(head+test.text), "; ")
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// checkChangelog returns what is wrong with the text of a changelog.
func checkChangelog(text string) []string {
	var problems []string
	versions, kind, entries := 0, "", 0
	endKind := func() {
		if kind != "" && entries == 0 {
			problems = append(problems, kind+" has no entry")
		}
		kind, entries = "", 0
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || line == "# Changelog":
		case changelogVersion.MatchString(line):
			endKind()
			versions++
		case strings.HasPrefix(line, "#"):
			problems = append(problems, fmt.Sprintf("%q is not a version with its date", line))
		case versions == 0: // the introduction
		case strings.HasPrefix(line, "* ") && kind == "":
			problems = append(problems, fmt.Sprintf("%q has no kind", line))
		case strings.HasPrefix(line, "* "):
			entries++
		case strings.ToUpper(line) == line && strings.HasSuffix(line, ":"):
			endKind()
			kind = line
			if !slices.Contains(changelogKinds, kind) {
				problems = append(problems, fmt.Sprintf("%q is not a kind of %q", kind, changelogKinds))
			}
		default:
			problems = append(problems, fmt.Sprintf("%q is not an entry", line))
		}
	}
	endKind()
	if versions == 0 {
		problems = append(problems, "there is no version")
	}
	return problems
}
