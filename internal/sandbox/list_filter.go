// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// The documented filters of lists of tasks (API.md §1.4). Not modelled are roles,
// tag, folder and custom fields: they have no effect.

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

// assigneeFilters are the filters by assignee besides owners. UNK which values
// unassigned accepts: "true".
func assigneeFilters(query url.Values) []func(*stored) bool {
	keep := []func(*stored) bool{
		bucketFilter(query.Get("guests"), func(t *stored) []string { return t.Owners.Guests }),
		bucketFilter(query.Get("groups"), func(t *stored) []string { return t.Owners.Groups }),
	}
	if query.Get("unassigned") == "true" {
		keep = append(keep, (*stored).unassigned)
	}
	return keep
}

// bucketFilter selects tasks that have one of the members in a list that is
// separated by commas; "" selects all.
func bucketFilter(value string, bucket func(*stored) []string) func(*stored) bool {
	if value == "" {
		return func(*stored) bool { return true }
	}
	wanted := strings.Split(value, ",")
	return func(t *stored) bool {
		return slices.ContainsFunc(bucket(t), func(member string) bool { return slices.Contains(wanted, member) })
	}
}

// deadlineFilters are the filters by the date of the deadline, in UTC. deadline_on
// takes precedence over the others; before and after are exclusive, and UNK the
// bounds of a range are inclusive. A value that is not a date has no effect.
func deadlineFilters(query url.Values) []func(*stored) bool {
	deadline := func(t *stored) string { return t.Deadline }
	if _, ok := day(query.Get("deadline_on")); ok {
		return []func(*stored) bool{dateFilter(query.Get("deadline_on"), deadline, func(order int) bool { return order == 0 })}
	}
	return []func(*stored) bool{
		dateFilter(query.Get("deadline_before"), deadline, func(order int) bool { return order < 0 }),
		dateFilter(query.Get("deadline_after"), deadline, func(order int) bool { return order > 0 }),
		dateFilter(query.Get("deadline_start_range"), deadline, func(order int) bool { return order >= 0 }),
		dateFilter(query.Get("deadline_end_range"), deadline, func(order int) bool { return order <= 0 }),
	}
}

// organizationFilters are the filters that only the organization's list has: one-off
// tasks, or tasks of processes, and the date of creation or a range of it. UNK
// whether a one-off task in a process counts as one: it does.
func organizationFilters(query url.Values) []func(*stored) bool {
	created := func(t *stored) string { return plainTimestamp(t.created) }
	from, to, isRange := strings.Cut(query.Get("created"), ":")
	if !isRange {
		to = from
	}
	keep := []func(*stored) bool{
		dateFilter(from, created, func(order int) bool { return order >= 0 }),
		dateFilter(to, created, func(order int) bool { return order <= 0 }),
	}
	switch query.Get("is_oneoff") {
	case "true":
		keep = append(keep, func(t *stored) bool { return t.RunID == "" || t.OneOff })
	case "false":
		keep = append(keep, func(t *stored) bool { return t.RunID != "" && !t.OneOff })
	}
	return keep
}

// dateFilter selects tasks by how the date of a time compares with a date. A task
// without the time does not pass. Without a date, all tasks pass.
func dateFilter(value string, of func(*stored) string, passes func(order int) bool) func(*stored) bool {
	wanted, ok := day(value)
	if !ok {
		return func(*stored) bool { return true }
	}
	return func(t *stored) bool {
		at, ok := parseDate(of(t))
		return ok && passes(at.UTC().Truncate(24*time.Hour).Compare(wanted))
	}
}

// day parses a date without a time.
func day(text string) (time.Time, bool) {
	date, err := time.Parse(time.DateOnly, text)
	return date, err == nil
}
