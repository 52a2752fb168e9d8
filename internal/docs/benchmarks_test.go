// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestBenchmarksQuotedInReadme checks that the README quotes lines of BENCHMARKS.md.
func TestBenchmarksQuotedInReadme(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	benchmarks, quoted := content(t, filepath.Join(root, "BENCHMARKS.md")), 0
	for line := range strings.Lines(content(t, filepath.Join(root, "README.md"))) {
		if strings.HasPrefix(line, "| 100 |") {
			quoted++
			if !strings.Contains(benchmarks, line) {
				t.Errorf("this line is not in BENCHMARKS.md: %s", line)
			}
		}
	}
	if quoted != 3 {
		t.Errorf("the README quotes %d lines, want 3", quoted)
	}
}
