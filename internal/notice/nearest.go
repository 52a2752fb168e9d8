// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Nearest returns the candidate that is nearest to a name, by the number of characters that differ.
// It compares names in the form of [tallyfy.NormalizeName], in any letter case. Of several equally
// near candidates it returns the first. It is empty if none is near.
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

// maxChanges returns how many characters of a name may differ: a third of them, and two in a word
// of four or five. With more changes it is probably another word.
func maxChanges(name string) int {
	n := utf8.RuneCountInString(name)
	if n < 4 {
		return n / 3
	}
	return max(2, n/3)
}
