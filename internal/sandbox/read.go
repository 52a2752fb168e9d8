// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"strconv"
	"time"
)

// getTask serves GET tasks/{task}. The organization's path also finds tasks of runs,
// and its response names the run (API.md §1.3).
func (s *Server) getTask(c request) response {
	t, behind := s.visibleTask(c.task)
	if t == nil || s.deleted(t) || (c.run != "" && t.RunID != c.run) {
		return resourceNotFound("no such task on this path")
	}
	note := "read: " + t.Status
	if behind {
		note += ", behind the latest write"
	}
	return data(s.wire(t, onGet, parseIncludes(c.query.Get("with"))), note)
}

// me serves GET me, the check of a token (API.md §1.6). An application is not a user
// and is rejected (API.md §4).
func (s *Server) me(c request) response {
	if c.as.isApplication() {
		return unauthenticated()
	}
	return data(object{
		"id":         c.as.user,
		"username":   emailOf(c.as.user),
		"first_name": "User",
		"last_name":  strconv.FormatInt(c.as.user, 10),
		"full_name":  userName(c.as.user),
		"email":      emailOf(c.as.user),
		"timezone":   "UTC",
	}, "read the caller")
}

func (s *Server) myOrganizations(c request) response {
	if c.as.isApplication() {
		return unauthenticated()
	}
	return s.paged(c, 1, "organizations", func(int) any {
		return object{"id": s.cfg.Organization, "name": "Sandbox", "created_at": plainTimestamp(organizationCreated)}
	})
}

// organizationCreated is when the organization was created.
var organizationCreated = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// userName returns a name for a user of whom only the ID is known.
func userName(id int64) string {
	return fmt.Sprintf("User %d", id)
}
