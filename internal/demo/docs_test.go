// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var messageTitle = regexp.MustCompile(`(?m)\| (?:Warning|Error): ([^|]+) \|$`)

// TestDocsNameMessages looks for the titles that the documentation gives among those that the provider prints.
func TestDocsNameMessages(t *testing.T) {
	root := filepath.Dir(examples(t))
	var code strings.Builder
	for _, file := range matching(t, filepath.Join(root, "internal", "*", "*.go")) {
		if room := filepath.Base(filepath.Dir(file)); strings.HasSuffix(file, "_test.go") || !slices.Contains([]string{"completion", "lookup", "provider"}, room) {
			continue
		}
		code.WriteString(content(t, file))
	}
	for _, kind := range []string{"resources", "data-sources"} {
		for _, page := range matching(t, filepath.Join(root, "docs", kind, "*.md")) {
			titles := messageTitle.FindAllStringSubmatch(content(t, page), -1)
			if len(titles) == 0 {
				t.Errorf("%s names no message", page)
			}
			for _, title := range titles {
				if !strings.Contains(code.String(), strconv.Quote(title[1])) {
					t.Errorf("%s: no message is titled %q", page, title[1])
				}
			}
		}
	}
}

// matching are the files of a pattern. That there are some is part of the test.
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
