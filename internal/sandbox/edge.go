// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "net/http"

// clientHeader is the header that the edge in front of the API requires.
const clientHeader = "X-Tallyfy-Client"

// isRejectedByEdge reports whether a request does not reach the API, because it
// lacks the client header or a proxy removed it (API.md §3.3).
func (s *Server) isRejectedByEdge(r *http.Request) bool {
	return s.cfg.StripClientHeader || r.Header.Get(clientHeader) == ""
}

// edgeNotFound is the edge's own 404. It has neither code nor error, and looks like
// a missing task (API.md §3.3).
func edgeNotFound() response {
	return response{
		status: http.StatusNotFound,
		body:   object{"message": "Not found. Error Code: apsh546."},
		note:   "refused by the edge: no " + clientHeader + " header",
	}
}

// setDate sets the Date header to the time of the response. Inside synctest bubbles
// and in response recorders net/http does not set it, and it never uses Config.Now.
func (s *Server) setDate(w http.ResponseWriter) {
	w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
}
