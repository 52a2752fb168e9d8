// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// request is an authorized request, decoded.
type request struct {
	run, task   string // from the path, decoded
	user, email string // the same
	query       url.Values
	input       object     // the decoded body, never nil
	form        url.Values // the body of a token request, nil if it is not a form
	as          caller
	self        string // the URL of the request without its query, for links
}

// route is a method and a path of the API. Segments in braces are parameters.
type route struct {
	method, pattern string
	handle          func(*Server, request) response
}

// Patterns of more than one route.
const (
	pathTask      = "organizations/{org}/tasks/{task}"
	pathRun       = "organizations/{org}/runs/{run}"
	pathRunTask   = "organizations/{org}/runs/{run}/tasks/{task}"
	pathComplete  = "organizations/{org}/completed-tasks"
	pathRunFinish = "organizations/{org}/runs/{run}/completed-tasks"
	pathGrant     = "oauth/token"
)

// completionRoutes are the routes with Config.CompletionOnly, and those of tokens,
// which belong to another service of Tallyfy's.
var completionRoutes = []route{
	{http.MethodPost, pathComplete, (*Server).completeTask},
	{http.MethodPost, pathRunFinish, (*Server).completeTask},
	{http.MethodPost, pathGrant, (*Server).serveToken},
	{http.MethodPost, "applications/{org}/users/{email}/token", (*Server).serveUserToken},
}

var routes = append([]route{
	{http.MethodGet, "me", (*Server).me},
	{http.MethodGet, "me/organizations", (*Server).myOrganizations},
	{http.MethodGet, "organizations/{org}/tasks", (*Server).listTasks},
	{http.MethodGet, pathTask, (*Server).getTask},
	{http.MethodPut, pathTask, (*Server).updateTask},
	{http.MethodPost, "organizations/{org}/tasks", (*Server).createTask},
	{http.MethodDelete, pathTask, (*Server).archiveTask},
	{http.MethodPut, pathTask + "/restore", (*Server).restoreTask},
	{http.MethodDelete, pathTask + "/delete", (*Server).deleteTask},
	{http.MethodGet, "organizations/{org}/me/tasks", (*Server).listMyTasks},
	{http.MethodGet, "organizations/{org}/users/{user}/tasks", (*Server).listUserTasks},
	{http.MethodPost, pathTask + "/comment", (*Server).comment},
	{http.MethodGet, "organizations/{org}/runs", (*Server).listRuns},
	{http.MethodPost, "organizations/{org}/runs", (*Server).launch},
	{http.MethodGet, pathRun, (*Server).getRun},
	{http.MethodDelete, pathRun, (*Server).archiveRun},
	{http.MethodPut, pathRun + "/activate", (*Server).activateRun},
	{http.MethodGet, pathRun + "/form-fields", (*Server).listRunFields},
	{http.MethodGet, "organizations/{org}/runs/{run}/tasks", (*Server).listTasks},
	{http.MethodGet, pathRunTask, (*Server).getTask},
	{http.MethodPut, pathRunTask, (*Server).updateTask},
	{http.MethodDelete, pathComplete + "/{task}", (*Server).reopenTask},
	{http.MethodDelete, pathRunFinish + "/{task}", (*Server).reopenTask},
}, completionRoutes...)

// handle serves a request, with its effect.
func (s *Server) handle(r *http.Request, body []byte) response {
	to, c, refusal := s.authorize(r)
	if to == nil {
		return refusal.encode()
	}
	var unread string
	if to.pattern == pathGrant {
		c.form = decodeForm(r.Header.Get("Content-Type"), body)
	} else {
		c.input, unread = decodeInput(r.Header.Get("Content-Type"), body)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	a := to.handle(s, c).encode()
	a.note = joinNotes(a.note, unread)
	return a
}

// authorize checks the client header at the edge and then, in the order of the
// framework behind the API, route, token and organization. If it returns no route,
// the response is a rejection. Requests to oauth/token go to another host without
// an edge, and need no token.
func (s *Server) authorize(r *http.Request) (*route, request, response) {
	known := routes
	if s.cfg.CompletionOnly {
		known = completionRoutes
	}
	to, params, allowed := match(known, r)
	if to != nil && to.pattern == pathGrant {
		return to, request{}, response{}
	}
	if s.isRejectedByEdge(r) {
		return nil, request{}, edgeNotFound()
	}
	if to == nil && len(allowed) > 0 && !s.cfg.CompletionOnly {
		return nil, request{}, methodNotAllowed(r.Method, allowed)
	}
	if to == nil {
		return nil, request{}, endpointNotFound("refused: no such endpoint")
	}
	as, ok := s.callerOf(r.Header.Get("Authorization"))
	if !ok {
		return nil, request{}, unauthenticated()
	}
	if org, ok := params["org"]; ok && org != s.cfg.Organization {
		return nil, request{}, failure(http.StatusForbidden,
			"You don't have application's permissions for this organization!",
			"refused: another organization")
	}
	return to, request{
		run:   params["run"],
		task:  params["task"],
		user:  params["user"],
		email: params["email"],
		as:    as,
		query: r.URL.Query(),
		self:  "http://" + r.Host + r.URL.EscapedPath(),
	}, response{}
}

// match returns the route of a request. If only the method is wrong, it returns the
// allowed ones.
func match(known []route, r *http.Request) (found *route, params map[string]string, allowed []string) {
	// One "/api" is the mount point of go.tallyfy.com. A second one is part of
	// the path, which does not exist.
	path, mounted := strings.CutPrefix(r.URL.EscapedPath(), "/api/")
	if !mounted {
		path = strings.TrimPrefix(path, "/")
	}
	segments := strings.Split(path, "/")
	for i := range known {
		p, ok := known[i].params(segments)
		if !ok {
			continue
		}
		method := known[i].method
		if method == r.Method || (method == http.MethodGet && r.Method == http.MethodHead) {
			return &known[i], p, nil
		}
		allowed = append(allowed, method)
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return nil, nil, allowed
}

// params matches the segments of a path with the pattern.
func (rt *route) params(segments []string) (map[string]string, bool) {
	pattern := strings.Split(rt.pattern, "/")
	if len(pattern) != len(segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range pattern {
		name, isParam := strings.CutPrefix(part, "{")
		if !isParam {
			if part != segments[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		params[strings.TrimSuffix(name, "}")] = value
	}
	return params, true
}
