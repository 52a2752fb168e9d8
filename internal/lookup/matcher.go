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

// trait is what a task is looked for by.
type matcher struct {
	attribute string // its name, in Tallyfy's API as in a configuration
	value     string // what it must be
	valueOf   func(*tallyfy.Task) string
}

// is reports whether the task has the trait. Names are compared in their normal form, and a name that is empty in it is not a name.
func (m matcher) matches(task *tallyfy.Task) bool {
	wanted := tallyfy.NormalizeName(m.value)
	return wanted != "" && tallyfy.NormalizeName(m.valueOf(task)) == wanted
}

// trait is the alias or the title, whichever is wanted.
func (w Wanted) matcher() matcher {
	if w.Alias != "" {
		return matcher{"alias", w.Alias, func(task *tallyfy.Task) string { return task.Alias }}
	}
	return matcher{"title", w.Title, func(task *tallyfy.Task) string { return task.Title }}
}

// having returns the tasks that have the trait.
func (m matcher) matching(tasks []*tallyfy.Task) []*tallyfy.Task {
	var found []*tallyfy.Task
	for _, task := range tasks {
		if m.matches(task) {
			found = append(found, task)
		}
	}
	return found
}

// nearest returns the value that one of the tasks has and that was probably meant, in its normal form; empty if none is near.
func (m matcher) nearest(tasks []*tallyfy.Task) string {
	var values []string
	for _, task := range tasks {
		values = append(values, tallyfy.NormalizeName(m.valueOf(task)))
	}
	return notice.Nearest(m.value, values)
}

const (
	// maxCandidates is how many tasks a message lists: as many as fit on a screen with the rest of it.
	maxCandidates = 20
	// maxTitle is how many characters of a title it shows. Titles have up to 600 (API.md §1.5).
	maxTitle = 80
)

// candidates lists tasks, one a line, and how many more there are.
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

func orNo(text, what string) string {
	if text == "" {
		return "(no " + what + ")"
	}
	return text
}

// quoted makes one line of a title that somebody may have made of several, and shortens it.
func quoted(title string) string {
	if title == "" {
		return ""
	}
	if runes := []rune(title); len(runes) > maxTitle {
		title = string(runes[:maxTitle]) + "…"
	}
	return fmt.Sprintf("%q", title)
}

// plain takes out of a name what would break the line it stands in.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, name)
}
