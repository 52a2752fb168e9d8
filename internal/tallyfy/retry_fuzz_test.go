// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"
)

var wholeNumber = regexp.MustCompile(`^\s*[+-]?[0-9]+\s*$`)

// FuzzRetryAfter checks that no header makes a caller wait longer than maxRetryAfter or a negative
// time, that only invalid headers count as missing, and that a number of seconds and each form of
// the corresponding date mean the same wait.
func FuzzRetryAfter(f *testing.F) {
	const now = 1_780_000_000 // in 2026
	for _, header := range []string{
		"120", "0", "-1", "+5", " 7 ", "1.5", "1e3", "", "soon", "0x10", "99999999999999999999",
		"Wed, 21 Oct 2026 07:28:00 GMT", "Wednesday, 21-Oct-26 07:28:00 GMT", "Wed Oct 21 07:28:00 2026", "Wed, 21 Oct 2026 07:28:00 +0200", "Wed, 21 Oct 9999 07:28:00 GMT",
	} {
		f.Add(header, int64(now), int64(now+120))
	}
	f.Add("", int64(now), int64(now-1))
	f.Add("", int64(now), int64(now+366*24*60*60))
	f.Add("", int64(0), int64(lastSecond))
	f.Fuzz(func(t *testing.T, header string, now, at int64) {
		now, at = inCalendar(now), inCalendar(at)
		clock := time.Unix(now, 0)

		got := parseRetryAfter(header, clock)
		if got > maxRetryAfter {
			t.Errorf("%q: a wait of %s", header, got)
		}
		_, err := http.ParseTime(header)
		if says := err == nil || wholeNumber.MatchString(header); says && got < 0 {
			t.Errorf("%q says something", header)
		}

		want := max(0, min(time.Duration(min(at-now, int64(maxRetryAfter/time.Second)))*time.Second, maxRetryAfter))
		date := time.Unix(at, 0).UTC()
		forms := []string{strconv.FormatInt(at-now, 10), date.Format(http.TimeFormat), date.Format(time.ANSIC)}
		if year := date.Year(); year >= 1969 && year <= 2068 { // it has two digits
			forms = append(forms, date.Format("Monday, 02-Jan-06 15:04:05 GMT"))
		}
		for _, form := range forms {
			if got := parseRetryAfter(form, clock); got != want {
				t.Errorf("%q at %s: got %s, want %s", form, clock.UTC(), got, want)
			}
		}
	})
}

// lastSecond is the last one of year 9999, the last that a date in a header can name.
const lastSecond = 253402300799

// inCalendar maps any number to a second between 1970 and lastSecond.
func inCalendar(n int64) int64 {
	if n < 0 {
		n = -(n + 1) // the least number has no counterpart
	}
	return n % (lastSecond + 1)
}
