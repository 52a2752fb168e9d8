// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"strings"
	"testing"
)

func TestParseCompletionPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]TaskRef{
		"/organizations/o/runs/r/completed-tasks":        {Organization: "o", Run: "r"},
		"/organizations/o/completed-tasks":               {Organization: "o"},
		"organizations/o/completed-tasks/":               {Organization: "o"},
		"/api/organizations/o/runs/r/completed-tasks?a=": {Organization: "o", Run: "r"},
		"/runs/r/completed-tasks":                        {Run: "r"},
		"completed-tasks":                                {},
		"/organizations/%C3%B6/completed-tasks":          {Organization: "ö"},
	} {
		t.Run(path, func(t *testing.T) {
			if got, err := ParseCompletionPath(path); err != nil || got != want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	const none = "it is not a path that completions are sent to"
	for path, want := range map[string]string{
		"":                                   none,
		"/":                                  none,
		"/organizations/o/runs/r/tasks":      none,
		"/organizations/o/runs/r":            none,
		"/organizations/o/completed-tasks/t": none, // reopens
		"/organizations//completed-tasks":    none,
		"/v2/completed-tasks":                none,
		"/organizations/%zz/completed-tasks": none,
		"/organizations/%20/completed-tasks": "the ID of its organization is invalid",
		"/runs/%FF/completed-tasks":          "the ID of its process is invalid: it is not UTF-8",
	} {
		t.Run(path, func(t *testing.T) {
			if got, err := ParseCompletionPath(path); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}
