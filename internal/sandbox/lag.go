// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "time"

// history is what GETs of single tasks see with Config.ReadLag: the versions that
// each task had within the lag, oldest first, and the one before them.
type history struct {
	lag   time.Duration
	tasks map[string][]version
}

// version is a task as it was written at a time; a nil task is a deletion.
type version struct {
	at   time.Time
	task *stored
}

// add makes a task visible immediately, as replica.add does.
func (p *history) add(t *stored) {
	if p.lag > 0 {
		p.tasks[t.ID] = []version{{task: t.clone()}}
	}
}

// push records a write, and removes versions that can no longer be seen.
func (p *history) push(id string, t *stored, now time.Time) {
	if p.lag <= 0 {
		return
	}
	if t != nil {
		t = t.clone()
	}
	versions := append(p.tasks[id], version{now, t})
	p.tasks[id] = versions[p.visible(versions, now):]
}

// visible returns the index of the latest version that is at least as old as the
// lag, or of the first one.
func (p *history) visible(versions []version, now time.Time) int {
	i := len(versions) - 1
	for i > 0 && versions[i].at.After(now.Add(-p.lag)) {
		i--
	}
	return i
}

// visibleTask returns the task that a GET shows, nil if it shows none, and whether
// it was written since. The caller holds s.mu.
func (s *Server) visibleTask(id string) (t *stored, behind bool) {
	versions := s.past.tasks[id]
	if len(versions) == 0 {
		return s.tasks[id], false // there is no lag, or the task never existed
	}
	i := s.past.visible(versions, s.cfg.Now())
	return versions[i].task, i < len(versions)-1
}
