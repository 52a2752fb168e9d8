// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "net/http"

// comment serves POST tasks/{task}/comment, which finds tasks of processes too
// (API.md §1.6). UNK the members of the response. The sandbox keeps no
// comments; the journal has them.
func (s *Server) comment(c call) answer {
	t, ok := s.tasks[c.task]
	if !ok || s.deleted(t) {
		return resourceNotFound("no such task")
	}
	content, ok := c.input["content"].(string)
	if !ok || content == "" {
		return refused("content", "The content field is required.", "no content")
	}
	label, ok := c.input["label"].(string)
	if !ok {
		label = "comment"
	}
	a := data(object{
		"content":    content,
		"label":      label,
		"creator_id": c.as.user,
		"created_at": plainTimestamp(s.cfg.Now()),
	}, "commented")
	a.status = http.StatusCreated
	return a
}

// listRunFields serves GET runs/{run}/form-fields: the forms of all tasks of a
// process, without values (API.md §1.4). UNK whether it has pages: it has
// none.
func (s *Server) listRunFields(c call) answer {
	if _, ok := s.runs[c.run]; !ok {
		return resourceNotFound("no such process")
	}
	fields := []any{}
	for _, t := range s.replica.all() {
		if t.RunID != c.run || s.deleted(t) {
			continue
		}
		for _, f := range t.wireFields() {
			delete(f, "field_value")
			f["task_id"] = t.ID
			fields = append(fields, f)
		}
	}
	return answer{status: http.StatusOK, body: object{"data": fields}, note: "listed the form fields"}
}
