// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "time"

// layouts are the notations of times in Tallyfy's sources and in PHP (API.md §1.5, §2.1). Times
// without a zone are UTC.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	time.DateTime, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", time.DateOnly,
}

// sameTime reports whether a and b are the same instant, or the same text if their notation is
// unknown.
func sameTime(a, b string) bool {
	x, ok := parseTime(a)
	y, okToo := parseTime(b)
	if ok && okToo {
		return x.Equal(y)
	}
	return a == b
}

// parseTime parses a time in any of the known notations.
func parseTime(s string) (at time.Time, ok bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
