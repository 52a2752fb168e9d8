// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Nearest returns the candidate that was probably meant by a name that is not one of them: the one that takes the fewest changes of a
// character, in the form of [tallyfy.NormalizeName] and in any letter case. It is the first of several that are as near, and empty if
// none is near.
func Nearest(name string, candidates []string) string {
	name = strings.ToLower(tallyfy.NormalizeName(name))
	nearest, fewest := "", maxChanges(name)+1
	for _, candidate := range candidates {
		normal := strings.ToLower(tallyfy.NormalizeName(candidate))
		if normal == "" {
			continue
		}
		if changes := levenshtein.Distance(name, normal, nil); changes < fewest {
			nearest, fewest = candidate, changes
		}
	}
	return nearest
}

// maxChanges returns how many characters of a name may be mistaken: a third of them, and two in a word of four or five. With more
// changes it is rather another word.
func maxChanges(name string) int {
	n := utf8.RuneCountInString(name)
	if n < 4 {
		return n / 3
	}
	return max(2, n/3)
}
