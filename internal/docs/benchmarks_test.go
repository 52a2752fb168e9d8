// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestBenchmarksQuotedInReadme checks that the README quotes rows of BENCHMARKS.md: figures of a
// plan, and the faults that not every peer survives.
func TestBenchmarksQuotedInReadme(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	readme, benchmarks := content(t, filepath.Join(root, "README.md")), content(t, filepath.Join(root, "BENCHMARKS.md"))

	figures := 0
	for line := range strings.Lines(readme) {
		if strings.HasPrefix(line, "| 100 |") {
			figures++
			if !strings.Contains(between(benchmarks, "## Plan\n", "\n## "), line) {
				t.Errorf("this line is not among the plans of BENCHMARKS.md: %s", line)
			}
		}
	}
	if figures != 4 {
		t.Errorf("the README quotes %d lines of plans, want 4", figures)
	}

	const head = "| Fault |"
	var want string
	for _, line := range strings.Split(between(benchmarks, "## Recovery\n", "\n## "), "\n") {
		everyone := strings.Count(line, "| yes ") == strings.Count(line, "|")-2
		if strings.HasPrefix(line, "|") && !everyone {
			want += line + "\n"
		}
	}
	if !strings.HasPrefix(want, head) || !strings.Contains(want, "**Survived**") || !strings.Contains(readme, "\n\n"+want+"\n") {
		t.Errorf("the README does not quote these faults:\n%s", want)
	}
}

// between returns the part of a text that follows a mark, up to another; or to its end.
func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	part, _, _ := strings.Cut(rest, to)
	return part
}
