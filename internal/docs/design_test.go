// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDesign compares the packages, outcomes and steps in DESIGN.md with the code.
func TestDesign(t *testing.T) {
	root := filepath.Dir(examples(t))
	entries, err := os.ReadDir(filepath.Join(root, "internal"))
	if err != nil {
		t.Fatal(err)
	}
	var packages []string
	for _, entry := range entries {
		if entry.IsDir() {
			packages = append(packages, "internal/"+entry.Name())
		}
	}
	design := content(t, filepath.Join(root, "DESIGN.md"))
	outcomes := content(t, filepath.Join(root, "internal", "tallyfy", "errors.go"))
	steps := content(t, filepath.Join(root, "internal", "completion", "decide.go"))
	for _, list := range []struct {
		what, row string
		has       []string
	}{
		{"packages", `internal/[a-z]+`, packages},
		{"outcomes", `[A-Z][A-Za-z]+`, constants(outcomes, "Outcome")},
		{"steps", `[a-z][A-Za-z]+`, constants(steps, "step")},
	} {
		t.Run(list.what, func(t *testing.T) {
			var listed []string
			for _, row := range regexp.MustCompile("(?m)^\\| `("+list.row+")` \\|").FindAllStringSubmatch(design, -1) {
				listed = append(listed, row[1])
			}
			slices.Sort(listed)
			slices.Sort(list.has)
			if len(list.has) == 0 || !slices.Equal(listed, list.has) {
				t.Errorf("DESIGN.md lists the %s %q, and there are %q", list.what, listed, list.has)
			}
		})
	}
}

// constants returns the names of an enumeration, whose first one has its type.
func constants(code, of string) []string {
	block := regexp.MustCompile(`(?s)const \((?:[^)]|\)[^\n])*?\n\t\w+ ` + of + ` = iota\n.*?\n\)`).FindString(code)
	var names []string
	for _, name := range regexp.MustCompile(`(?m)^\t(\w+)(?: `+of+` = iota)?$`).FindAllStringSubmatch(block, -1) {
		names = append(names, name[1])
	}
	return names
}

var (
	target = regexp.MustCompile(`(?m)^([a-z][a-z-]*):([^=\n]*)$`)
	helped = regexp.MustCompile(`(?m)^\t@echo 'make ([a-z-]+)  +\S`)
)

// TestHelp compares the output of make help with the targets. A prerequisite of another target need
// not be listed.
func TestHelp(t *testing.T) {
	makefile := content(t, filepath.Join(filepath.Dir(examples(t)), "GNUmakefile"))
	var listed []string
	for _, line := range helped.FindAllStringSubmatch(makefile, -1) {
		listed = append(listed, line[1])
	}
	targets := map[string]string{}
	for _, found := range target.FindAllStringSubmatch(makefile, -1) {
		targets[found[1]] = found[2]
	}
	for _, name := range listed {
		if _, there := targets[name]; !there {
			t.Errorf("make help lists %s, and there is no such target", name)
		}
	}
	for name := range targets {
		needed := false
		for other, prerequisites := range targets {
			needed = needed || slices.Contains(listed, other) && regexp.MustCompile(`\b`+name+`\b`).MatchString(prerequisites)
		}
		if name != "help" && !needed && !slices.Contains(listed, name) {
			t.Errorf("make help does not list %s", name)
		}
	}
	if len(listed) < 5 {
		t.Errorf("make help lists only %q", listed)
	}
}

// sourceFile matches a file of code in a code span.
var sourceFile = regexp.MustCompile("`([a-z][\\w/]*\\.go)`")

// TestFilesOfCode checks that the files of code that pages for contributors name exist, with their
// paths from the root.
func TestFilesOfCode(t *testing.T) {
	root := filepath.Dir(examples(t))
	count := 0
	for _, p := range pages(t) {
		if strings.HasPrefix(p.name, "docs/") || p.name == apiPage { // API.md names files of Tallyfy's clients
			continue
		}
		for _, name := range sourceFile.FindAllStringSubmatch(p.prose, -1) {
			count++
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name[1]))); err != nil {
				t.Errorf("%s names a file that does not exist: %v", p.name, err)
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d names of files were found", count)
	}
}

var variable = regexp.MustCompile(`\bTALLYFY_[A-Z_]+\b`)

// TestVariables checks that the provider, or the conformance suite, reads the environment variables
// that pages and examples name.
func TestVariables(t *testing.T) {
	root := filepath.Dir(examples(t))
	read := map[string]bool{}
	for _, folder := range []string{"provider", "conformance"} {
		for _, file := range matching(t, filepath.Join(root, "internal", folder, "*.go")) {
			for _, name := range regexp.MustCompile(`= "(TALLYFY_[A-Z_]+)"`).FindAllStringSubmatch(content(t, file), -1) {
				read[name[1]] = true
			}
		}
	}
	count := 0
	check := func(page, text string) {
		for _, name := range variable.FindAllString(text, -1) {
			count++
			if !read[name] {
				t.Errorf("%s: nothing reads %s", page, name)
			}
		}
	}
	for _, p := range pages(t) {
		if p.name == apiPage { // it also names the variables of other clients
			continue
		}
		check(p.name, p.prose)
		for _, b := range p.blocks {
			check(p.name, b.text)
		}
	}
	if count < 20 || len(read) < 5 {
		t.Errorf("%d names were compared with %d", count, len(read))
	}
}
