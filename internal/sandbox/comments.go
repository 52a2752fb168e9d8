// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "net/http"

// comment serves POST tasks/{task}/comment, which also finds tasks of processes
// (API.md §1.6). UNK the members of the response. Comments are only recorded in the
// journal.
func (s *Server) comment(c request) response {
	t, ok := s.tasks[c.task]
	if !ok || s.deleted(t) {
		return resourceNotFound("no such task")
	}
	content, ok := c.input["content"].(string)
	if !ok || content == "" {
		return rejected("content", "The content field is required.", "no content")
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
