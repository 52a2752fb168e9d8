// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"strings"
)

// ParseCompletionPath returns the organization and the run in the path to which other clients send
// completions (API.md §1.1). The path may begin with the API's mount point, and may omit parts that
// such a client's base URL contains; these are empty in the result. A path does not contain the
// task. The error completes a sentence that names the path.
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
