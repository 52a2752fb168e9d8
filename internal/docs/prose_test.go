// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// This file parses the Markdown that the pages use. Patterns are enough, so no library is needed.
var (
	codeSpan   = regexp.MustCompile("``[^\n]*?``|`[^`\n]*`")
	inlineLink = regexp.MustCompile(`\]\(\s*(<[^>\n]*>|[^)\s]*)(?:\s+"[^"\n]*")?\s*\)`)
	definition = regexp.MustCompile(`(?m)^ {0,3}\[([^\]\n]+)\]:\s+(\S+)`)
	reference  = regexp.MustCompile(`\[([^\]\n]+)\]\[([^\]\n]*)\]`)
	htmlLink   = regexp.MustCompile(`(?:href|src)="([^"\n]*)"`)
	autoLink   = regexp.MustCompile(`<([a-z]+:[^>\s]+)>`)
	htmlAnchor = regexp.MustCompile(`(?:id|name)="([^"\n]+)"`)
	heading    = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$`)
	linkText   = regexp.MustCompile(`\[([^\]\n]*)\]\([^)\n]*\)`)
)

// link is the target of a link, and its line.
type link struct {
	target string
	line   int
}

func links(p page) []link {
	prose := codeSpan.ReplaceAllStringFunc(p.prose, func(code string) string { return strings.Repeat("x", len(code)) })
	var all []link
	for pattern, group := range map[*regexp.Regexp]int{inlineLink: 1, definition: 2, htmlLink: 1, autoLink: 1} {
		for _, at := range pattern.FindAllStringSubmatchIndex(prose, -1) {
			target := strings.Trim(p.prose[at[2*group]:at[2*group+1]], "<>")
			all = append(all, link{target, 1 + strings.Count(prose[:at[0]], "\n")})
		}
	}
	return all
}

// undefined returns references such as [text][name] or [name][] without a definition.
func undefined(p page) []string {
	defined := map[string]bool{}
	for _, d := range definition.FindAllStringSubmatch(p.prose, -1) {
		defined[strings.ToLower(d[1])] = true
	}
	var all []string
	for _, r := range reference.FindAllStringSubmatch(codeSpan.ReplaceAllString(p.prose, ""), -1) {
		name := r[2]
		if name == "" {
			name = r[1]
		}
		if !defined[strings.ToLower(name)] {
			all = append(all, name)
		}
	}
	return all
}

// anchors returns the anchors of a page: those of its headings by GitHub's rule, and explicit ones.
func (p page) anchors() map[string]bool {
	all := map[string]bool{}
	for _, named := range htmlAnchor.FindAllStringSubmatch(p.prose, -1) {
		all[named[1]] = true
	}
	count := map[string]int{}
	for _, h := range heading.FindAllStringSubmatch(p.prose, -1) {
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, linkText.ReplaceAllString(h[1], "$1"))
		name := slug
		if n := count[slug]; n > 0 {
			name = fmt.Sprintf("%s-%d", slug, n)
		}
		count[slug]++
		all[name] = true
	}
	return all
}
