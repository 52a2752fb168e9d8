// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var messageTitle = regexp.MustCompile(`(?m)\| (?:Warning|Error): ([^|]+) \|$`)

// TestDocsNameMessages looks for the titles that the documentation gives among those that the provider prints.
func TestDocsNameMessages(t *testing.T) {
	root := filepath.Dir(examples(t))
	page, err := os.ReadFile(filepath.Join(root, "docs", "resources", "task_completion.md")) //nolint:gosec // of this source tree
	if err != nil {
		t.Fatal(err)
	}
	titles := messageTitle.FindAllStringSubmatch(string(page), -1)
	if len(titles) == 0 {
		t.Fatal("the page names no message")
	}
	var code strings.Builder
	for _, folder := range []string{"completion", "provider"} {
		files, err := filepath.Glob(filepath.Join(root, "internal", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			content, err := os.ReadFile(file) //nolint:gosec // of this source tree
			if err != nil {
				t.Fatal(err)
			}
			code.Write(content)
		}
	}
	for _, title := range titles {
		if !strings.Contains(code.String(), strconv.Quote(title[1])) {
			t.Errorf("no message is titled %q", title[1])
		}
	}
}
