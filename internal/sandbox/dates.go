// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "time"

// dateLayouts are the forms that some source or other shows (API.md §7,
// item 17). RFC3339 takes fractions of a second as well.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly}

// parseDate reads a date in UTC, unless it says otherwise.
func parseDate(text string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if date, err := time.Parse(layout, text); err == nil {
			return date, true
		}
	}
	return time.Time{}, false
}

// readDeadline reads a deadline and shifts it to a working day. UNK in which
// direction, and which days an organization works: from a weekend to Monday. A
// deadline that is echoed stays as it is: it was shifted when it was first set.
func readDeadline(value any, current string) (string, bool) {
	text, ok := value.(string)
	if !ok {
		return "", false
	}
	deadline, ok := parseDate(text)
	if !ok {
		return "", false
	}
	if before, ok := parseDate(current); ok && before.Equal(deadline) {
		return current, true
	}
	deadline = deadline.UTC()
	for deadline.Weekday() == time.Saturday || deadline.Weekday() == time.Sunday {
		deadline = deadline.AddDate(0, 0, 1)
	}
	return plainTimestamp(deadline), true
}

// timestamp writes a time the way completed_at comes: whole seconds, with the
// milliseconds as zeros (API.md §2.1).
func timestamp(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
}

// plainTimestamp is a time without milliseconds, the other form that occurs.
func plainTimestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
