// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	// maxWords is the number of words that a sentence of a page has at most. A longer one has two
	// thoughts, or is read twice.
	maxWords = 25
	// maxCell is the number of characters that a cell of a table shows at most. In the Registry's
	// narrow column, a longer one becomes a tower beside empty cells.
	maxCell = 120
)

// apart are the pages without a limit: one is a list of changes, the other quotes its sources.
var apart = regexp.MustCompile(`^(?:CHANGELOG\.md|internal/tallyfy/API\.md)$`)

var (
	sentenceEnd = regexp.MustCompile(`[.!?:;]['")*]*(?:\s|$)`)
	// aWord has a letter: a list of versions is long, but not hard to read. A code span or a link
	// was replaced with underscores.
	aWord      = regexp.MustCompile(`[\pL\d]*\pL[\pL\d'’-]*`)
	blanked    = regexp.MustCompile(`_{2,}`)
	endOfCell  = regexp.MustCompile(` \| `)
	listMarker = regexp.MustCompile(`^\s*(?:[-*]|\d+\.) `)
)

// longParts returns the sentences and the cells of a page that are too long.
func longParts(p passage) []finding {
	var all []finding
	number := p.line - 1
	for line := range strings.Lines(p.text) {
		number++
		line = strings.TrimSpace(line)
		parts := []string{listMarker.ReplaceAllString(line, "")}
		if strings.HasPrefix(line, "|") {
			parts = endOfCell.Split(strings.Trim(line, "| "), -1)
			for _, cell := range parts {
				shown := blanked.ReplaceAllString(strings.ReplaceAll(cell, "[", ""), "")
				if n := utf8.RuneCountInString(shown); n > maxCell {
					all = append(all, finding{p.file, number, fmt.Sprintf("a cell shows %d characters: shorten it to %d", n, maxCell)})
				}
			}
		}
		for _, part := range parts {
			for _, sentence := range sentenceEnd.Split(blank(part, codeSpan), -1) {
				if n := len(aWord.FindAllString(blanked.ReplaceAllString(sentence, " "), -1)); n > maxWords {
					all = append(all, finding{p.file, number, fmt.Sprintf("a sentence has %d words: split it: %s", n, sentence)})
				}
			}
		}
	}
	return all
}

// TestStyleLongParts has a sentence and a cell of each length around the limit.
func TestStyleLongParts(t *testing.T) {
	t.Parallel()
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("word ", n)) }
	text := words(25) + ". " + words(25) + ": " + words(25) + "\n" +
		"- " + words(26) + ".\n" +
		words(25) + " 1.5, 1.8 and ____ `so many words`.\n" +
		"| " + strings.Repeat("é", 120) + " | [" + strings.Repeat("é", 119) + "________ |\n" +
		"| a | " + strings.Repeat("é", 121) + " |\n"
	var got []string
	for _, f := range longParts(passage{aPage, "x.md", 7, text}) {
		what, _, _ := strings.Cut(f.what, ":")
		got = append(got, fmt.Sprintf("%d %s", f.line, what))
	}
	want := []string{"8 a sentence has 26 words", "9 a sentence has 26 words", "11 a cell shows 121 characters"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
