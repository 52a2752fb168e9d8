// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "net/http"

// listRunFields serves GET runs/{run}/form-fields: the forms of all tasks of a
// process, without values (API.md §1.4). UNK whether it has pages: it has none.
func (s *Server) listRunFields(c request) response {
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
	return response{status: http.StatusOK, body: object{"data": fields}, note: "listed the form fields"}
}
