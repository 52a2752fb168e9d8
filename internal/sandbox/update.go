// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "unicode/utf8"

// maxTitle is the documented limit, in characters.
const maxTitle = 600

// unusedMembers are members that an update may set and that the sandbox does not
// model (API.md §1.5).
var unusedMembers = []string{
	"started_at", "webhook", "prevent_guest_comment", "position", "max_assignable", "top_secret",
}

// updateTask serves PUT tasks/{task}. Within a run it is partial; a one-off task
// requires title, deadline and owners every time (API.md §1.5). UNK whether the
// organization's path also finds tasks of a run: as with completions, it does not.
func (s *Server) updateTask(c request) response {
	t := s.findOnPath(c.task, c.run)
	if t == nil {
		return resourceNotFound("no such task on this path")
	}
	if a, bad := s.checkProcessIssue(t); bad {
		return a
	}
	if t.done() {
		return rejected("task", "A completed task cannot be updated.", "task is completed")
	}
	change, m, errs := s.readUpdate(t, c.input, c.run == "")
	if len(errs) > 0 {
		return unprocessable(errs)
	}
	for _, apply := range change {
		apply(&t.Task)
	}
	t.Taskdata = m.values
	s.recordWrite(t)
	note := m.note()
	if note == "" {
		note = "updated"
	}
	if _, sent := c.input["status"]; sent {
		note = joinNotes(note, "ignored status") // deliberately, with 200
	}
	return data(s.wire(t, onUpdate, parseIncludes(c.query.Get("with"))), note)
}

// readUpdate checks the whole update before anything is changed.
func (s *Server) readUpdate(t *stored, input object, everyTime bool) (change []func(*Task), m mergeResult, errs fieldErrors) {
	errs = fieldErrors{}
	for _, name := range []string{"title", "deadline", "owners"} {
		if everyTime && isEmpty(input[name]) {
			errs.add(name, "The "+name+" field is required.")
		}
	}

	if value, sent := input["title"]; sent && !isEmpty(value) {
		title, ok := value.(string)
		switch {
		case !ok:
			errs.add("title", "The title must be a string.")
		case utf8.RuneCountInString(title) > maxTitle:
			errs.add("title", "The title must not be greater than 600 characters.")
		}
		change = append(change, func(t *Task) { t.Title = title })
	}
	if value, sent := input["summary"]; sent {
		summary, ok := value.(string)
		if !ok && value != nil {
			errs.add("summary", "The summary must be a string.")
		}
		change = append(change, func(t *Task) { t.Summary = summary })
	}
	if value, sent := input["deadline"]; sent && !isEmpty(value) {
		deadline, ok := readDeadline(value, t.Deadline)
		if !ok {
			errs.add("deadline", "The deadline is not a valid date.")
		}
		change = append(change, func(t *Task) { t.Deadline = deadline })
	}
	// If owners is present, it replaces every bucket (API.md §1.5).
	if value, sent := input["owners"]; sent && !isEmpty(value) {
		owners := readOwners(value, errs)
		change = append(change, func(t *Task) { t.Owners = owners })
	}
	if value, ok := input["task_type"].(string); ok && value != "" {
		change = append(change, func(t *Task) { t.Type = value })
	}
	for _, name := range unusedMembers {
		if value, sent := input[name]; sent {
			change = append(change, func(t *Task) { t.Extra[name] = value })
		}
	}

	m = mergeTaskdata(t, input["taskdata"], s.cfg.Rewrite)
	for name, messages := range m.errs {
		errs[name] = append(errs[name], messages...)
	}
	return change, m, errs
}
