// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// messageTitle finds the title of a message in the last cell of a row, which may link to it.
var messageTitle = regexp.MustCompile(`(?m)\| \[?(Warning|Error): ([^|\]]+?)(?:\]\([^|)]*\))? \|$`)

// TestDocsNameMessages checks that the page of all messages has the titles that other pages name.
func TestDocsNameMessages(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	guide := entries(t)
	for _, kind := range []string{"actions", "resources", "data-sources", "list-resources", "guides"} {
		t.Run(kind, func(t *testing.T) {
			for _, page := range matching(t, filepath.Join(root, "docs", kind, "*.md")) {
				titles := messageTitle.FindAllStringSubmatch(content(t, page), -1)
				if len(titles) == 0 && kind != "guides" { // not every guide is about messages
					t.Errorf("%s names no message", page)
				}
				for _, title := range titles {
					if severity, described := guide[title[2]]; !described || severity != title[1] && severity != bothSeverities {
						t.Errorf("%s: %s %q is not in the guide", page, title[1], title[2])
					}
				}
			}
		})
	}
}

// matching returns the files of a pattern, of which there must be at least one.
func matching(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no file matches %s", pattern)
	}
	return files
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file) //nolint:gosec // of this source tree
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
