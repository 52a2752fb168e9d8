// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// messagePackages are the packages whose string literals users read.
var messagePackages = []string{"completion", "conformance", "lookup", "notice", "provider", "tallyfy", "wait"}

// commentWidth is the number of columns that a line of a comment has at most; a tab has four.
const commentWidth = 100

// finding is a breach of a rule.
type finding struct {
	file string
	line int
	what string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.what) }

// TestStyle finds words and forms that no text of this project uses, and names that have a retired
// word.
func TestStyle(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	var texts []passage
	var found []finding
	for _, name := range sourceFiles(t, root) {
		switch {
		case strings.HasSuffix(name, ".md"), strings.HasSuffix(name, ".md.tmpl"):
			prose := pageTexts(t, root, name)
			texts = append(texts, prose...)
			if !apart.MatchString(name) {
				found = append(found, longParts(prose[0])...)
			}
		case strings.HasPrefix(name, "examples/"):
			texts = append(texts, exampleTexts(t, root, name)...)
		case path.Ext(name) == ".go":
			more, names := goTexts(t, root, name, isMessageFile(name))
			texts, found = append(texts, more...), append(found, names...)
			found = append(found, wideComments(name, content(t, filepath.Join(root, filepath.FromSlash(name))))...)
		}
	}
	for _, description := range descriptions(t) {
		description.file = "schema: " + description.file
		texts = append(texts, description)
	}
	count := map[kind]int{}
	for _, text := range texts {
		count[text.kind]++
		found = append(found, checkStyle(text)...)
	}
	for kind, least := range map[kind]int{aPage: 50, aDescription: 100, aMessage: 300, aComment: 2000} {
		if count[kind] < least {
			t.Errorf("there are only %d texts of kind %d: are they found?", count[kind], kind)
		}
	}
	for _, f := range found {
		t.Error(f)
	}
}

// isMessageFile reports whether users read the string literals of a file.
func isMessageFile(name string) bool {
	pkg, ok := strings.CutPrefix(path.Dir(name), "internal/")
	return ok && slices.Contains(messagePackages, pkg) && !strings.HasSuffix(name, "_test.go")
}

var (
	lineBreak = regexp.MustCompile(`\n`)
	// hclObject is a configured object in a message, which has no code spans, such as { id = 3,
	// text = "Slack" }.
	hclObject = regexp.MustCompile(`\{ \w+ = [^{}]*\}`)
)

// checkStyle returns what rules find in a text. A form may go over the end of a line; code spans
// and configured objects are not read.
func checkStyle(p passage) []finding {
	var all []finding
	lines := blank(p.text, codeSpan, hclObject)
	text := lineBreak.ReplaceAllString(lines, " ")
	for _, rule := range styleRules {
		if rule.kinds&p.kind == 0 {
			continue
		}
		for _, at := range rule.deny.FindAllStringIndex(text, -1) {
			match := strings.TrimLeft(text[at[0]:at[1]], " ")
			at[0] = at[1] - len(match)
			if rule.except != nil && rule.except.MatchString(match) {
				continue
			}
			around := strings.TrimSpace(text[max(0, at[0]-30):min(len(text), at[1]+30)])
			all = append(all, finding{p.file, p.line + strings.Count(lines[:at[0]], "\n"), fmt.Sprintf(
				"%q in “…%s…”: say: %s (%s)", match, around, rule.instead, rule.reason,
			)})
		}
	}
	return all
}

// wideComments returns the lines of comments that are wider than [commentWidth]. A comment behind
// code, and a directive, may be wider.
func wideComments(name, code string) []finding {
	var all []finding
	number := 0
	for line := range strings.Lines(code) {
		number++
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    ")
		if width := utf8.RuneCountInString(line); strings.HasPrefix(strings.TrimLeft(line, " "), "// ") && width > commentWidth {
			all = append(all, finding{name, number, fmt.Sprintf("a comment is %d columns wide: wrap it at %d", width, commentWidth)})
		}
	}
	return all
}

// TestWideComments has a comment of each width around the limit.
func TestWideComments(t *testing.T) {
	t.Parallel()
	text := func(width int) string { return strings.Repeat("é", width) }
	code := "\t// " + text(93) + "\n\t// " + text(94) + "\n//nolint:x // " + text(100) + "\nx := 1 // " + text(100) + "\n"
	if got := wideComments("x.go", code); len(got) != 1 || got[0].line != 2 {
		t.Errorf("found %v", got)
	}
}

// TestStyleRules breaks each rule once.
func TestStyleRules(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, rule := range styleRules {
		t.Run(rule.name, func(t *testing.T) {
			if seen[rule.name] || rule.instead == "" || rule.reason == "" {
				t.Error("it has the name of another rule, or does not say what to write, or why")
			}
			seen[rule.name] = true
			for _, kind := range []kind{aPage, aDescription, aMessage, aComment} {
				if rule.kinds&kind == 0 {
					continue
				}
				got := checkStyle(passage{kind, "x.md", 7, "Some words.\n" + rule.breach})
				if len(got) != 1 || got[0].file != "x.md" || got[0].line != 8 || !strings.Contains(got[0].what, "say: "+rule.instead) {
					t.Errorf("%q: found %v", rule.breach, got)
				}
				if got := checkStyle(passage{kind, "x.md", 7, rule.fine}); len(got) > 0 {
					t.Errorf("%q: found %v", rule.fine, got)
				}
			}
		})
	}
}

// TestStyleTexts has one breach in each kind of text, and a retired word in each kind of name.
func TestStyleTexts(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"page.md": "---\ntitle: at once\n---\n# A page\n\nIt ends `at once`, at\nonce.\n\n```text\nat once\n```\n",
		"main.tf": "resource \"x\" \"y\" { # It ends at once.\n}\n",
		"trial_test.go": `// Package x is read at
// once, and [Y] gives nothing.
package x

//nolint:all // at once
//go:generate gives nothing
type stage struct {
	letter int ` + "`json:\"at once, and more\"`" + `
}

func (s stage) insist(turns int) {
	for scene, roster := range m {
		story := "It fails at once."
	}
}

var openGate, isLetter = "id", f("This is no text.", "is no")

var option = "an option { id = 3, text = \"at once\" }"
var broken = "an option { id and text }"

func TestState_open(t *testing.T) {}
`,
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	texts := append(pageTexts(t, root, "page.md"), exampleTexts(t, root, "main.tf")...)
	more, names := goTexts(t, root, "trial_test.go", true)
	var got []string
	for _, text := range append(texts, more...) {
		for _, f := range checkStyle(text) {
			word, _, _ := strings.Cut(f.what, " in ")
			got = append(got, fmt.Sprintf("%s:%d %s", f.file, f.line, word))
		}
	}
	for _, f := range names {
		got = append(got, fmt.Sprintf("%s:%d %s", f.file, f.line, strings.Fields(f.what)[2]))
	}
	slices.Sort(got)
	want := []string{
		`main.tf:1 "at once"`,
		`page.md:6 "at once"`,
		`trial_test.go:1 "at once"`,
		`trial_test.go:1 "trial_test"`,
		`trial_test.go:11 "insist"`,
		`trial_test.go:11 "turns"`,
		`trial_test.go:12 "roster"`,
		`trial_test.go:12 "scene"`,
		`trial_test.go:13 "at once"`,
		`trial_test.go:13 "story"`,
		`trial_test.go:17 "This is no text"`,
		`trial_test.go:17 "isLetter"`,
		`trial_test.go:17 "openGate"`,
		`trial_test.go:2 "gives nothing"`,
		`trial_test.go:20 "id "`,
		`trial_test.go:22 "TestState_open"`,
		`trial_test.go:5 "at once"`,
		`trial_test.go:7 "stage"`,
		`trial_test.go:8 "letter"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, names := goTexts(t, root, "trial_test.go", false); len(names) == 0 {
		t.Error("names are only found together with messages")
	}
}
