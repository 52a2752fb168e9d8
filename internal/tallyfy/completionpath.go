// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"strings"
)

// ParseCompletionPath finds the organization and the run in the path that other clients POST completions to (API.md §1.1). It
// takes the path as a whole, with the API's mount point before it, and without what such a client's base URL may hold: what is not
// in it is empty. Its task is not part of a path. The error is a sentence's end that names what is wrong.
func ParseCompletionPath(path string) (TaskRef, error) {
	path, _, _ = strings.Cut(path, "?")
	parts, err := segments(path)
	if len(parts) > 0 && parts[0] == "api" {
		parts = parts[1:]
	}
	var ref TaskRef
	const completions = "completed-tasks"
	switch {
	case err != nil:
	case fits(parts, "organizations", &ref.Organization, "runs", &ref.Run, completions),
		fits(parts, "organizations", &ref.Organization, completions),
		fits(parts, "runs", &ref.Run, completions),
		fits(parts, completions):
		return ref, ref.checkIDs()
	}
	return TaskRef{}, errors.New("it is not a path that completions are sent to, which is /organizations/{organization}/runs/{run}/completed-tasks, or /organizations/{organization}/completed-tasks for a one-off task")
}
