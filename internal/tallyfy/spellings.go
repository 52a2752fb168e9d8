// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/hex"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// This file covers the forms in which a server may repeat a secret.

// spellings returns a secret in the forms in which servers may repeat it: with each kind of line
// break or with collapsed whitespace, in either normal form of Unicode, and each of these escaped
// for a URL, HTML or JSON.
func spellings(secret string) []string {
	lines := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(secret)
	var all []string
	for _, broken := range []string{secret, lines, strings.ReplaceAll(lines, "\n", "\r\n"), strings.ReplaceAll(lines, "\n", "\r"), collapse(secret)} {
		for _, plain := range []string{broken, norm.NFC.String(broken), norm.NFD.String(broken)} {
			quoted := strings.Trim(strconv.QuoteToASCII(plain), `"`)
			all = append(all, plain, strings.ReplaceAll(plain, " ", "+"), url.QueryEscape(plain), url.PathEscape(plain), html.EscapeString(plain), phpHTML.Replace(plain),
				inJSON(plain), strings.ReplaceAll(inJSON(plain), "/", `\/`), quoted, strings.ReplaceAll(quoted, "/", `\/`))
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

// phpHTML escapes as PHP does, in which Tallyfy is written.
var phpHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")

// inJSON returns s as it is written between the quotes of a JSON string.
func inJSON(s string) string {
	encoded, err := marshal(s)
	if err != nil {
		return s
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(encoded), `"`), `"`)
}

// isDistinctive reports whether a line of a value is redacted when it stands alone: from
// [shortestLine] characters, or from [shortestValue] characters unless it is a word, with or
// without punctuation around it, which occurs in any text.
func isDistinctive(line string) bool {
	length := utf8.RuneCountInString(collapse(line))
	inner := strings.TrimFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word := !strings.ContainsFunc(inner, func(r rune) bool { return !unicode.IsLetter(r) })
	return length >= shortestLine || length >= shortestValue && !word
}

const (
	// maxLayers limits how many layers of escapes are decoded.
	maxLayers = 3
	// maxEscaped limits how much of a text is decoded, in bytes. It is many times what an error
	// quotes.
	maxEscaped = 64 << 10
)

// decoding is a text after some of its escapes were decoded.
type decoding struct {
	text string
	// from and to are the positions of each byte in the original text; nil for that text itself.
	from, to []int
}

// origin returns the part of the original text from which a part of this one comes.
func (d decoding) origin(start, end int) (from, to int) {
	if d.from == nil {
		return start, end
	}
	return d.from[start], d.to[end-1]
}

// decodings returns a text as it is and with its escapes decoded layer by layer. There are too many
// ways to write an escape to list them: named and numbered entities, hexadecimal digits in either
// case, escapes within escapes.
func decodings(text string) []decoding {
	all := []decoding{{text: text}}
	last := decoding{text: text[:min(len(text), maxEscaped)]}
	for range maxLayers {
		before := len(all)
		for _, e := range escapes {
			if plain := e.decode(last); plain.text != last.text {
				all, last = append(all, plain), plain
			}
		}
		if len(all) == before {
			break
		}
	}
	return all
}

// escaping is a way to escape characters.
type escaping struct {
	escapes *regexp.Regexp
	plain   func(escape string) string
}

// escapes are those of HTML, including line breaks, of JSON and of URLs. The text need not be any
// of these.
var escapes = []escaping{
	{regexp.MustCompile(`&#?[0-9A-Za-z]+;?|(?i:<br\s*/?>)(?:\r?\n)?`), fromHTML},
	{regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]`), fromJSON},
	{regexp.MustCompile(`%[0-9A-Fa-f]{2}`), fromURL},
}

// decode returns a decoding without these escapes.
func (e escaping) decode(d decoding) decoding {
	found := e.escapes.FindAllStringIndex(d.text, -1)
	if found == nil {
		return d
	}
	var b strings.Builder
	var plain decoding
	add := func(text string, from, to int) {
		b.WriteString(text)
		for range len(text) {
			plain.from, plain.to = append(plain.from, from), append(plain.to, to)
		}
	}
	asIs := func(start, end int) {
		for i := start; i < end; i++ {
			from, to := d.origin(i, i+1)
			add(d.text[i:i+1], from, to)
		}
	}
	end := 0
	for _, at := range found {
		asIs(end, at[0])
		from, to := d.origin(at[0], at[1])
		add(e.plain(d.text[at[0]:at[1]]), from, to)
		end = at[1]
	}
	asIs(end, len(d.text))
	plain.text = b.String()
	return plain
}

func fromHTML(escape string) string {
	if escape[0] == '<' {
		return "\n"
	}
	return html.UnescapeString(escape)
}

func fromJSON(escape string) string {
	if escape[1] != 'u' {
		return jsonEscapes.Replace(escape)
	}
	var units []uint16
	for code := range strings.SplitSeq(escape[len(`\u`):], `\u`) {
		unit, err := strconv.ParseUint(code, 16, 16)
		if err != nil {
			return escape
		}
		units = append(units, uint16(unit))
	}
	return string(utf16.Decode(units))
}

var jsonEscapes = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\/`, `/`, `\b`, "\b", `\f`, "\f", `\n`, "\n", `\r`, "\r", `\t`, "\t")

func fromURL(escape string) string {
	b, err := hex.DecodeString(escape[1:])
	if err != nil {
		return escape
	}
	return string(b)
}
