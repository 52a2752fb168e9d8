// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"path/filepath"
	"testing"
)

func TestSame(t *testing.T) {
	t.Parallel()
	m := newTestRelease(t)
	m.build(t)
	first := m.pack(t, t.TempDir())
	for name, test := range map[string]struct {
		spoil func(*dist)
		want  string
	}{
		"nothing":           {func(*dist) {}, ""},
		"other bytes":       {func(d *dist) { d.sums[d.name("linux_amd64", archive)] = digest(nil) }, "linux_amd64.zip: another build of the commit has other bytes"},
		"a file is missing": {func(d *dist) { delete(d.sums, d.name("linux_amd64", sbom)) }, "linux_amd64.cdx.json: another build of the commit has other bytes"},
		"it is wrong alike": {func(d *dist) { d.root = filepath.Dir(d.root) }, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := *first
			second.sums = maps.Clone(first.sums)
			test.spoil(&second)
			if err := same(first, &second); !says(err, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// With uncommitted changes, the release would be compared with another commit.
func TestRebuildUncommitted(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if _, err := run(t.Context(), root, "git", "init", "--quiet"); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "new.go"), "package main\n")
	if _, err := rebuild(t.Context(), root, t.TempDir()); !says(err, "commit these files first, or put them aside") || !says(err, "new.go") {
		t.Errorf("got %v", err)
	}
}

// The error contains the output of the build.
func TestRebuildFails(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "GNUmakefile"), "snapshot:\n\t@echo no such luck >&2; false\n")
	for _, args := range [][]string{
		{"init", "--quiet"},
		{"add", "."},
		{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", "x"},
	} {
		if _, err := run(t.Context(), root, "git", args...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rebuild(t.Context(), root, t.TempDir()); !says(err, "no such luck") {
		t.Errorf("got %v", err)
	}
}
