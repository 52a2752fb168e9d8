// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// unassigned reports whether a task has no owner.
func (t *stored) unassigned() bool {
	return len(t.Owners.Users)+len(t.Owners.Guests)+len(t.Owners.Groups) == 0
}

// ownersFilter selects tasks that have one of the users in a list of IDs that is
// separated by commas; "" selects all. UNK what it does with a word that is not an
// ID: no task has such an owner.
func ownersFilter(value string) func(*stored) bool {
	if value == "" {
		return func(*stored) bool { return true }
	}
	var wanted []int64
	for text := range strings.SplitSeq(value, ",") {
		if id, ok := asInteger(strings.TrimSpace(text)); ok {
			wanted = append(wanted, id)
		}
	}
	return func(t *stored) bool {
		return slices.ContainsFunc(t.Owners.Users, func(id int64) bool { return slices.Contains(wanted, id) })
	}
}

// taskOrder compares tasks for the parameter sort: "newest" and "deadline", which a
// "-" reverses. Other values have no effect. UNK where tasks without a deadline
// are: at the end, in both directions.
func taskOrder(sort string) func(a, b *stored) int {
	name, reversed := strings.CutPrefix(sort, "-")
	sign := 1
	if reversed {
		sign = -1
	}
	switch name {
	case "newest":
		return func(a, b *stored) int { return sign * cmp.Compare(b.number, a.number) }
	case "deadline":
		return func(a, b *stored) int {
			first, hasFirst := parseDate(a.Deadline)
			second, hasSecond := parseDate(b.Deadline)
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
	default:
		return func(*stored, *stored) int { return 0 }
	}
}
