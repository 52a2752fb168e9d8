// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "time"

// past is what GETs of single tasks see with Config.ReadLag: the versions that
// each task had within the lag, oldest first, and the one before those.
type past struct {
	lag   time.Duration
	tasks map[string][]version
}

// version is a task as it was written at a time; a nil task is a deletion.
type version struct {
	at   time.Time
	task *stored
}

// add makes a task known at once, as replica.add does.
func (p *past) add(t *stored) {
	if p.lag > 0 {
		p.tasks[t.ID] = []version{{task: t.clone()}}
	}
}

// push keeps what was written, and forgets what nobody can see any more.
func (p *past) push(id string, t *stored, now time.Time) {
	if p.lag <= 0 {
		return
	}
	if t != nil {
		t = t.clone()
	}
	versions := append(p.tasks[id], version{now, t})
	p.tasks[id] = versions[p.visible(versions, now):]
}

// visible is the index of the latest version that is as old as the lag. The
// first one counts as old enough.
func (p *past) visible(versions []version, now time.Time) int {
	i := len(versions) - 1
	for i > 0 && versions[i].at.After(now.Add(-p.lag)) {
		i--
	}
	return i
}

// seen is the task that a GET shows, nil if it shows none, and whether it has
// been written to since. The caller holds s.mu.
func (s *Server) seen(id string) (t *stored, behind bool) {
	versions := s.past.tasks[id]
	if len(versions) == 0 {
		return s.tasks[id], false // There is no lag, or never was such a task.
	}
	i := s.past.visible(versions, s.cfg.Now())
	return versions[i].task, i < len(versions)-1
}
