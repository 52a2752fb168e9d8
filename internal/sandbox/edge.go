// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "net/http"

// clientHeader is the header that the edge in front of the API insists on.
const clientHeader = "X-Tallyfy-Client"

// stopsAtEdge reports whether a request does not reach the API, because it or a
// proxy on its way left out the client header (API.md §3.3).
func (s *Server) stopsAtEdge(r *http.Request) bool {
	return s.cfg.StripClientHeader || r.Header.Get(clientHeader) == ""
}

// edgeNotFound is the edge's own 404. It has neither code nor error, and reads
// like a missing task (API.md §3.3).
func edgeNotFound() answer {
	return answer{
		status: http.StatusNotFound,
		body:   object{"message": "Not found. Error Code: apsh546."},
		note:   "refused by the edge: no " + clientHeader + " header",
	}
}

// stamp sets the Date header to the time of the response. Inside synctest bubbles
// and in response recorders net/http sets none, and elsewhere not by Config.Now.
func (s *Server) stamp(w http.ResponseWriter) {
	w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
}
