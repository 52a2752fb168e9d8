// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is a page of the documentation: in docs/, in the root directory, or API.md.
type page struct {
	name   string // its path from the root of the source, with slashes
	prose  string // without the blocks of code; their lines are empty
	blocks []block
}

// block is a fenced block of code.
type block struct {
	line     int // of its first line, from 1
	language string
	text     string // ends with a line break, as a file does
}

// apiPage describes Tallyfy's API.
const apiPage = "internal/tallyfy/API.md"

var fence = regexp.MustCompile("^( *)(```+|~~~+)[ \t]*([^`\\s]*)")

// readPage parses a page.
func readPage(t *testing.T, root, name string) page {
	t.Helper()
	p := page{name: name}
	var prose strings.Builder
	var open *block
	var closing, indent string
	number := 0
	for line := range strings.Lines(content(t, filepath.Join(root, filepath.FromSlash(name)))) {
		number++
		line = strings.TrimSuffix(line, "\n")
		mark := fence.FindStringSubmatch(line)
		switch {
		case open == nil && mark == nil:
			prose.WriteString(line)
		case open == nil:
			indent, closing = mark[1], mark[2]
			open = &block{line: number + 1, language: mark[3]}
		case mark != nil && mark[3] == "" && strings.HasPrefix(mark[2], closing):
			p.blocks, open = append(p.blocks, *open), nil
		default:
			open.text += strings.TrimPrefix(line, indent) + "\n"
		}
		prose.WriteString("\n")
	}
	if open != nil {
		t.Errorf("%s:%d: a block of code does not end", name, open.line)
	}
	p.prose = prose.String()
	return p
}

// pages returns all pages. Some must exist.
func pages(t *testing.T) []page {
	t.Helper()
	root := filepath.Dir(examples(t))
	files := append(matching(t, filepath.Join(root, "*.md")), filepath.Join(root, filepath.FromSlash(apiPage)))
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(file) == ".md" {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []page
	for _, file := range files {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, readPage(t, root, filepath.ToSlash(name)))
	}
	for _, expected := range []string{"README.md", "docs/index.md", "docs/resources/task_completion.md"} {
		if !slices.ContainsFunc(all, func(p page) bool { return p.name == expected }) {
			t.Fatalf("%s is not among the pages", expected)
		}
	}
	return all
}
