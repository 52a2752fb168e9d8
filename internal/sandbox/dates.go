// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "time"

// dateLayouts are the forms that the sources show (API.md §7, item 17). RFC3339
// also accepts fractions of a second.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly}

// parseDate parses a date, in UTC unless it names a zone.
func parseDate(text string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if date, err := time.Parse(layout, text); err == nil {
			return date, true
		}
	}
	return time.Time{}, false
}

// readDeadline parses a deadline and moves it to a working day. UNK the direction,
// and the working days of an organization: from a weekend to Monday. A deadline
// that is sent unchanged stays as it is, because it was moved when it was set.
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

// timestamp formats a time like completed_at: whole seconds, with zeros as
// milliseconds (API.md §2.1).
func timestamp(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
}

// plainTimestamp formats a time without milliseconds, the other form that occurs.
func plainTimestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
