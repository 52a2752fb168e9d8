// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NormalizeName returns the form in which names that users type are compared: titles, aliases,
// labels, texts of options and headings of columns. It is in NFC, because Terraform normalizes
// every string to NFC and text that is pasted from macOS or a PDF often is not. No-break spaces
// become spaces, and surrounding whitespace is removed. Letter case is kept.
func NormalizeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch r {
		case '\u00a0', '\u2007', '\u202f': // the no-break spaces
			return ' '
		case '\ufeff': // a byte order mark, which is invisible
			return -1
		}
		return r
	}, norm.NFC.String(name))
	return strings.TrimFunc(name, unicode.IsSpace)
}
