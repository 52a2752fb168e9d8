// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NormalizeName returns the form in which names that people type are compared: titles, aliases, the labels of fields, the texts of
// options and the headings of columns. It is in NFC, because Terraform normalizes every string to it and text that is pasted from
// macOS or a PDF often is not; no-break spaces count as spaces; and whitespace around the name is removed. Letter case counts.
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
