// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "unicode/utf8"

// maxRunName is the documented limit of a process's name, in characters.
const maxRunName = 550

// template is a checklist of the API: what POST runs launches.
type template struct {
	title string
	tasks []Task
}

// AddTemplate adds a template from which POST runs launches processes, or replaces
// it. Each launch gets copies of the tasks with IDs of their own; the fields of
// their forms keep theirs.
func (s *Server) AddTemplate(id, title string, tasks ...Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.templates == nil {
		s.templates = map[string]template{}
	}
	copies := make([]Task, 0, len(tasks))
	for _, t := range tasks {
		copies = append(copies, t.copy())
	}
	s.templates[id] = template{title, copies}
}

// launch serves POST runs (API.md §1.6). The values of the kick-off form, and other
// optional members, have no effect. UNK the status for an unknown template: 404.
func (s *Server) launch(c request) response {
	id, ok := c.input["checklist_id"].(string)
	if !ok || id == "" {
		return rejected("checklist_id", "The checklist id field is required.", "no checklist_id")
	}
	from, ok := s.templates[id]
	if !ok {
		return resourceNotFound("no such template")
	}
	name, _ := c.input["name"].(string)
	if utf8.RuneCountInString(name) > maxRunName {
		return rejected("name", "The name must not be greater than 550 characters.", "name")
	}
	if name == "" {
		name = from.title + " - " + s.cfg.Now().UTC().Format("2006-01-02")
	}
	p := s.ensureRun(s.newID("5eed"))
	p.name, p.template, p.starter = name, id, c.as.user
	for _, t := range from.tasks {
		t = t.copy()
		t.RunID = p.id
		s.create(t)
	}
	s.launched(p)
	return created(s.wireRun(p), "launched")
}
