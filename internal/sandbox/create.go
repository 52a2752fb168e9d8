// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

// taskTypes are the values of task_type that a creation accepts.
var taskTypes = []string{typeTask, typeApproval, typeExpiring, typeEmail, typeExpiringEmail}

// newID returns an ID for something that is created through the API: a prefix and a
// number, as 32 hexadecimal digits. The caller holds s.mu.
func (s *Server) newID(prefix string) string {
	s.created++
	return fmt.Sprintf("%scc%0*x", prefix, 30-len(prefix), s.created)
}

// createTask serves POST tasks (API.md §1.6). UNK whether Tallyfy also puts a plain
// one-off task into a container process: it does not, as the page shows run_id null.
func (s *Server) createTask(c request) response {
	t, errs := s.readTask(c.input)
	if len(errs) > 0 {
		return unprocessable(errs)
	}
	if run, ok := c.input["run_id"].(string); ok && run != "" {
		p, known := s.runs[run]
		if !known || !p.archived.IsZero() {
			return resourceNotFound("no such process")
		}
		t.RunID, t.OneOff = run, true
	}
	if separate, _ := asBool(c.input["separate_task_for_each_assignee"]); separate {
		return created(s.wire(s.createForEach(t), onList, nil), "created a task for each assignee")
	}
	return created(s.wire(s.create(t), onList, nil), "created")
}

// createForEach creates a container process with one task for each user and guest,
// and returns the first task. Groups have no members here.
func (s *Server) createForEach(t Task) *stored {
	p := s.ensureRun(s.newID("5eed"))
	p.name = t.Title
	var first *stored
	add := func(owners Owners) {
		one := t.copy()
		one.RunID, one.OneOff, one.Owners = p.id, true, owners
		if added := s.create(one); first == nil {
			first = added
		}
	}
	for _, user := range t.Owners.Users {
		add(Owners{Users: []int64{user}})
	}
	for _, guest := range t.Owners.Guests {
		add(Owners{Guests: []string{guest}})
	}
	if first == nil {
		add(t.Owners)
	}
	return first
}

// create stores a new task. Lists that lag do not show it yet.
func (s *Server) create(t Task) *stored {
	now := s.cfg.Now()
	t.ID = s.newID("7a5c")
	for i := range t.Fields {
		if t.Fields[i].ID == "" {
			t.Fields[i].ID = s.newID("f1e1d")
		}
	}
	s.added++
	added := &stored{Task: t.copy(), number: s.added, created: now}
	added.normalize(now)
	s.tasks[t.ID] = added
	s.recordWrite(added)
	return added
}

// readTask checks the body of a creation.
func (s *Server) readTask(input object) (Task, fieldErrors) {
	t, errs := Task{Status: statusNotStarted}, fieldErrors{}
	for _, name := range []string{"title", "task_type", "owners", "deadline"} {
		if isEmpty(input[name]) {
			errs.add(name, "The "+readable(name)+" field is required.")
		}
	}
	if len(errs) > 0 {
		return t, errs
	}
	t.Title, _ = input["title"].(string)
	if t.Title == "" || utf8.RuneCountInString(t.Title) > maxTitle {
		errs.add("title", "The title must be a string of at most 600 characters.")
	}
	if t.Type, _ = input["task_type"].(string); !slices.Contains(taskTypes, t.Type) {
		errs.add("task_type", "The selected task type is invalid.")
	}
	var ok bool
	if t.Deadline, ok = readDeadline(input["deadline"], ""); !ok {
		errs.add("deadline", "The deadline is not a valid date.")
	}
	t.Owners = readOwners(input["owners"], errs)
	// The page says description, and MCP sends summary (API.md §1.6).
	for _, name := range []string{"description", "summary"} {
		if text, ok := input[name].(string); ok && text != "" {
			t.Summary = text
		}
	}
	t.AssigneesOnly, _ = asBool(input["can_complete_only_assignees"])
	if everyone, _ := asBool(input["everyone_must_complete"]); everyone {
		t.EveryoneMustComplete = len(t.Owners.Users) + len(t.Owners.Guests)
	}
	t.Fields = readForm(input["form_fields"], errs)
	return t, errs
}

// created is the response to a creation.
func created(item object, note string) response {
	a := data(item, note)
	a.status = http.StatusCreated
	return a
}
