// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// matcher selects tasks by one of their names.
type matcher struct {
	attribute string // the name of the attribute in Tallyfy's API and in a configuration
	value     string // the wanted value
	valueOf   func(*tallyfy.Task) string
}

// matches reports whether the task has the wanted name. Names are compared in the form of
// [tallyfy.NormalizeName]. An empty name matches nothing.
func (m matcher) matches(task *tallyfy.Task) bool {
	wanted := tallyfy.NormalizeName(m.value)
	return wanted != "" && tallyfy.NormalizeName(m.valueOf(task)) == wanted
}

// matcher returns a matcher for the alias, or for the title if there is no alias.
func (w Wanted) matcher() matcher {
	if w.Alias != "" {
		return matcher{"alias", w.Alias, func(task *tallyfy.Task) string { return task.Alias }}
	}
	return matcher{"title", w.Title, func(task *tallyfy.Task) string { return task.Title }}
}

// matching returns the tasks that have the wanted name.
func (m matcher) matching(tasks []*tallyfy.Task) []*tallyfy.Task {
	var found []*tallyfy.Task
	for _, task := range tasks {
		if m.matches(task) {
			found = append(found, task)
		}
	}
	return found
}

// nearest returns the name of a task that was probably meant, in its normal form; empty if none is
// near.
func (m matcher) nearest(tasks []*tallyfy.Task) string {
	var values []string
	for _, task := range tasks {
		values = append(values, tallyfy.NormalizeName(m.valueOf(task)))
	}
	return notice.Nearest(m.value, values)
}

const (
	// maxCandidates is the maximum number of tasks in a message, so that it fits on a screen.
	maxCandidates = 20
	// maxTitle is the maximum number of characters of a title in a message. Titles have up to 600
	// (API.md §1.5).
	maxTitle = 80
)

// candidates lists tasks, a line each, and how many more there are.
func candidates(tasks []*tallyfy.Task) string {
	var b strings.Builder
	for _, task := range tasks[:min(len(tasks), maxCandidates)] {
		fmt.Fprintf(&b, "\n  - %s – %s – %s", orNo(plain(task.Alias), "alias"), orNo(quoted(task.Title), "title"), plain(task.ID))
		if task.ArchivedAt != "" {
			b.WriteString(" (archived)")
		}
	}
	if more := len(tasks) - maxCandidates; more > 0 {
		fmt.Fprintf(&b, "\n  - and %d more", more)
	}
	return b.String()
}

// orNo returns the text, or "(no what)" if it is empty.
func orNo(text, what string) string {
	if text == "" {
		return "(no " + what + ")"
	}
	return text
}

// quoted returns a title in quotes on one line, shortened to [maxTitle].
func quoted(title string) string {
	if title == "" {
		return ""
	}
	if runes := []rune(title); len(runes) > maxTitle {
		title = string(runes[:maxTitle]) + "…"
	}
	return fmt.Sprintf("%q", title)
}

// plain replaces unprintable characters in a name, which could break its line.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, name)
}
