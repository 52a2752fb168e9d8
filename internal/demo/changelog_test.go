// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var (
	released = regexp.MustCompile(`^\[(?:(Unreleased)\]|(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2})$`)
	kinds    = []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
)

// TestChangelog holds CHANGELOG.md to the form that tools and people read it by: versions with their days and links, and the
// six kinds of changes.
func TestChangelog(t *testing.T) {
	p := readPage(t, filepath.Dir(examples(t)), "CHANGELOG.md")
	var linked, versions []string
	for _, d := range definition.FindAllStringSubmatch(p.prose, -1) {
		linked = append(linked, d[1])
	}
	for _, h := range regexp.MustCompile(`(?m)^(##+) (.*)$`).FindAllStringSubmatch(p.prose, -1) {
		found := released.FindStringSubmatch(h[2])
		switch {
		case h[1] == "##" && found != nil:
			versions = append(versions, found[1]+found[2])
		case h[1] != "###" || !slices.Contains(kinds, h[2]):
			t.Errorf("%q is neither a version with its day, nor one of %q", h[0], kinds)
		}
	}
	if len(versions) == 0 || !slices.Equal(versions, linked) {
		t.Errorf("there are the versions %q, and links of %q", versions, linked)
	}
}
