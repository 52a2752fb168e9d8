// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "strings"

// responseKind is the kind of response that contains a task. The same task looks
// different in different ones (API.md §2.1, §7).
type responseKind int

const (
	onGet responseKind = iota
	onList
	onUpdate
	onComplete
	onReopen
)

// includes is the set of names in the "with" parameter (API.md §1.3).
type includes map[string]bool

func parseIncludes(with string) includes {
	set := includes{}
	for name := range strings.SplitSeq(with, ",") {
		set[strings.TrimSpace(name)] = true
	}
	return set
}

// wire returns the JSON of a task. The caller holds s.mu.
func (s *Server) wire(t *stored, on responseKind, with includes) object {
	o := object{
		"id":                          t.ID,
		"increment_id":                t.number,
		"position":                    t.number,
		"title":                       t.Title,
		"original_title":              t.Title,
		"summary":                     orNull(t.Summary),
		"original_summary":            orNull(t.Summary),
		"alias":                       orNull(t.Alias),
		"run_id":                      orNull(t.RunID),
		"checklist_id":                nil,
		"step_id":                     nil,
		"linked_step_id":              nil,
		"stage_id":                    nil,
		"status":                      t.Status,
		"status_label":                statusLabel(t.Status),
		"task_type":                   t.Type,
		"is_approved":                 t.wireApproved(on),
		"is_oneoff_task":              t.RunID == "" || t.OneOff,
		"is_completable":              !t.done() && !t.Hidden && !t.Archived && !t.Issue,
		"everyone_must_complete":      t.EveryoneMustComplete > 1,
		"completion_progress":         t.wireProgress(),
		"can_complete_only_assignees": t.AssigneesOnly,
		"max_assignable":              nil,
		"owners":                      t.wireOwners(on),
		"taskdata":                    orList(t.Taskdata),
		"custom_fields":               []any{},
		"created_at":                  plainTimestamp(t.created),
		"last_updated":                plainTimestamp(t.updated),
		"started_at":                  plainTimestamp(t.created),
		"deadline":                    orNull(t.Deadline),
		"deadline_set_by_hand":        false,
		"archived_at":                 nil,
		"completed_at":                orNull(t.CompletedAt),
		"starter_id":                  nil,
		"completer_id":                nil,
		"run_status":                  nil,
		"has_issues":                  t.Issue,
		"problem":                     t.Issue,
		"webhook":                     nil,
		"prevent_guest_comment":       false,
		"top_secret":                  false,
		"allow_guest_owners":          true,
		"is_soft_start_date":          false,
		"send_chromeless":             false,
		"blueprint_position":          nil,
	}
	if t.CompleterID != 0 {
		o["completer_id"] = t.CompleterID
	}
	if t.Archived {
		o["archived_at"] = plainTimestamp(t.updated)
	}
	if t.RunID != "" {
		o["run_status"] = "active"
	}
	// The sources differ about the name (API.md §7, item 12), so each vintage
	// has one.
	if s.cfg.Vintage == Legacy {
		o["completer_guest"] = orNull(t.CompleterGuest)
	} else {
		o["completer_guest_id"] = orNull(t.CompleterGuest)
	}
	for name, value := range t.Extra {
		o[name] = value
	}
	if !s.showsTaskdata(on) {
		delete(o, "taskdata")
	}
	if (on == onComplete || on == onReopen) && t.RunID != "" {
		o["tasks_changed_by_rules"] = s.wireChanges(t)
	}
	if with["form_fields"] {
		o["form_fields"] = object{"data": t.wireFields()}
	}
	if p, ok := s.runs[t.RunID]; ok && with["run"] {
		o["run"] = object{"data": s.wireRun(p)}
	}
	return o
}

// showsTaskdata reports whether a task in such a response has taskdata. The API's
// pages show it only in the response to PUT (API.md §1.3, §1.5).
func (s *Server) showsTaskdata(on responseKind) bool {
	return !s.cfg.HideTaskdata && (s.cfg.ShowTaskdata || on == onUpdate)
}

// statusLabel returns a label of its own (UNK).
func statusLabel(status string) string {
	label := strings.ReplaceAll(status, "-", " ")
	if label == "" {
		return ""
	}
	return strings.ToUpper(label[:1]) + label[1:]
}

// orNull returns the text, or null if it is empty.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// orList returns the map, or an empty list if it is empty, because PHP has only one
// empty array (API.md §2).
func orList(values map[string]any) any {
	if len(values) == 0 {
		return []any{}
	}
	return values
}
