// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"cmp"
	"strings"
)

// taskOrder compares tasks for the parameter sort: "newest", "position",
// "deadline" and "completed_newest", which a "-" reverses. Other values have no
// effect, and neither has "problems" (not modelled). UNK where tasks without the
// time are: at the end, in both directions.
func taskOrder(sort string) func(a, b *stored) int {
	name, reversed := strings.CutPrefix(sort, "-")
	sign := 1
	if reversed {
		sign = -1
	}
	switch name {
	case "newest":
		return func(a, b *stored) int { return sign * cmp.Compare(b.number, a.number) }
	case "position":
		return func(a, b *stored) int { return sign * cmp.Compare(a.number, b.number) }
	case "deadline":
		return byTime(sign, func(t *stored) string { return t.Deadline })
	case "completed_newest":
		return byTime(-sign, func(t *stored) string { return t.CompletedAt })
	default:
		return func(*stored, *stored) int { return 0 }
	}
}

// byTime compares tasks by a time, the earliest first if sign is 1.
func byTime(sign int, of func(*stored) string) func(a, b *stored) int {
	return func(a, b *stored) int {
		first, hasFirst := parseDate(of(a))
		second, hasSecond := parseDate(of(b))
		switch {
		case hasFirst && hasSecond:
			return sign * first.Compare(second)
		case hasFirst:
			return -1
		case hasSecond:
			return 1
		default:
			return 0
		}
	}
}
