// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"strings"
)

// AddTask adds a task, or replaces the one with the same ID. Missing members get
// defaults. A task without an ID panics. Lagging reads see the task immediately
// (Config.ListLag, Config.ReadLag).
func (s *Server) AddTask(t Task) {
	if t.ID == "" {
		panic("sandbox: a task needs an ID")
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	now := s.cfg.Now()
	added := &stored{Task: t.copy(), created: now, updated: now}
	added.normalize(now)
	if old, ok := s.tasks[t.ID]; ok {
		added.number = old.number
	} else {
		s.added++
		added.number = s.added
	}
	s.tasks[t.ID] = added
	delete(s.completions, t.ID)
	if t.RunID != "" {
		s.ensureRun(t.RunID)
	}
	s.replica.add(added)
	s.past.add(added)
}

// Task returns a deep copy of a task, and whether there is one.
func (s *Server) Task(id string) (Task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[id]
	if !ok {
		return Task{}, false
	}
	return t.copy(), true
}

// CompleteOutside completes a task as if a user did it in the web app: nothing is
// checked, webhooks fire, and rules run. The decision applies to approvals (nil
// approves) and to expiring tasks (false expires). If everyone must complete the
// task, it adds the user's share. A completed task stays as it is. It panics if
// there is no such task.
func (s *Server) CompleteOutside(id string, userID int64, approved *bool) {
	s.CompleteOutsideWith(id, userID, approved, nil)
}

// CompleteOutsideWith saves values and completes a task in one step, as
// CompleteOutside does. The values are stored by field ID in the form in which the
// server stores them, without checks and without Config.Rewrite; nil removes one. A
// completed task keeps its values.
func (s *Server) CompleteOutsideWith(id string, user int64, approved *bool, values map[string]any) {
	values = jsonValues(values)
	s.write(id, func(t *stored) {
		if t.done() {
			return
		}
		for fieldID, value := range values {
			t.setValue(fieldID, value)
		}
		if t.Type == typeApproval && approved == nil {
			yes := true
			approved = &yes
		}
		s.complete(t, user, approved)
	})
}

// setValue stores a value, or removes it if it is nil.
func (t *stored) setValue(fieldID string, value any) {
	if value == nil {
		delete(t.Taskdata, fieldID)
		return
	}
	f, _ := t.field(fieldID)
	t.Taskdata[fieldID] = f.storedForm(value, nil)
}

// ReassignOutside replaces the users among a task's owners, as if a user did it in
// the web app. It panics if there is no such task.
func (s *Server) ReassignOutside(id string, users ...int64) {
	s.Update(id, func(t *Task) { t.Owners.Users = users })
}

// RenameOutside changes a task's title, as if a user did it in the web app. It
// panics if there is no such task.
func (s *Server) RenameOutside(id, title string) {
	s.Update(id, func(t *Task) { t.Title = title })
}

// ReopenOutside reopens a task as if a user did it in the web app. It does not
// count in Reopens. It panics if there is no such task.
func (s *Server) ReopenOutside(id string) {
	s.write(id, func(t *stored) { t.reopen() })
}

// DeleteTask deletes a task permanently, if it exists.
func (s *Server) DeleteTask(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tasks, id)
	s.replica.push(id, nil)
	s.past.push(id, nil, s.cfg.Now())
}

// DeleteRun deletes a process and its tasks permanently, if it exists.
func (s *Server) DeleteRun(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.runs, id)
	for taskID, t := range s.tasks {
		if t.RunID == id {
			delete(s.tasks, taskID)
			s.replica.push(taskID, nil)
			s.past.push(taskID, nil, s.cfg.Now())
		}
	}
}

// Update changes a task in any other way. The function runs under the Server's
// lock, so it must not call the Server. It panics if there is no such task.
func (s *Server) Update(id string, change func(*Task)) {
	s.write(id, func(t *stored) {
		change(&t.Task)
		t.ID = id
		t.Task = t.copy()
		t.normalize(s.cfg.Now())
	})
}

// write changes a task and records the write for lagging reads.
func (s *Server) write(id string, change func(*stored)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[id]
	if !ok {
		panic(fmt.Sprintf("sandbox: no task %q", id))
	}
	change(t)
	s.recordWrite(t)
}

// recordWrite records that a task was written. The caller holds s.mu.
func (s *Server) recordWrite(t *stored) {
	t.updated = s.cfg.Now()
	s.replica.push(t.ID, t)
	s.past.push(t.ID, t, t.updated)
}

// Listed returns the titles of the tasks with a text in their title that lists show: neither
// archived nor in an archived process.
func (s *Server) Listed(text string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var titles []string
	for _, t := range s.replica.all() {
		if strings.Contains(t.Title, text) && !t.Archived && !s.deleted(t) {
			titles = append(titles, t.Title)
		}
	}
	return titles
}
