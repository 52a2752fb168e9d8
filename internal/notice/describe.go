// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Task names a task within a sentence, by its title if it has one.
func Task(task *tallyfy.Task) string {
	if task.Title == "" {
		return "task " + task.ID
	}
	return fmt.Sprintf("task %q (%s)", task.Title, task.ID)
}

// TaskSubject is [Task] at the beginning of a sentence.
func TaskSubject(task *tallyfy.Task) string { return Capitalize(Task(task)) }

// TaskRef names a task of which only the IDs are known.
func TaskRef(ref tallyfy.TaskRef) string {
	if ref.Run == "" {
		return "task " + ref.Task
	}
	return fmt.Sprintf("task %s of process %s", ref.Task, ref.Run)
}

// NotShown is why Tallyfy may not show a task that it has shown before. Archiving a process deletes
// its tasks until the process is activated again (API.md §3.1).
const NotShown = "The task or its process may be deleted or archived, or the token may no longer see it."

// longestSummary is the maximum number of characters in a summary with the title of a task.
const longestSummary = 80

// TaskSummary returns a summary with the title of the task, or with its ID if it has no title.
// Terraform prints only one of several warnings with the same summary, so a warning that is needed
// for each task must have a summary for each. A long title lacks its middle, because titles often
// differ at the end.
func TaskSummary(task *tallyfy.Task, summary string) string {
	which := []rune(task.Title)
	if len(which) == 0 {
		which = []rune(task.ID)
	}
	if available := longestSummary - len(summary) - len(": "); len(which) > available {
		end := (available - 1) / 2
		start := available - 1 - end
		which = slices.Concat(which[:start], []rune{'…'}, which[len(which)-end:])
	}
	return summary + ": " + string(which)
}

// Completer describes who completed a task and when, as far as the task shows it.
func Completer(task *tallyfy.Task) string {
	who := "an unknown user"
	switch {
	case task.CompleterID != 0:
		who = fmt.Sprintf("user %d", task.CompleterID)
	case task.CompleterGuestID != "":
		who = "guest " + task.CompleterGuestID
	}
	if task.CompletedAt == "" {
		return who
	}
	return who + " at " + task.CompletedAt
}

// Capitalize returns a text with its first letter in upper case.
func Capitalize(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
