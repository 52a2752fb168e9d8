// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestListSort(t *testing.T) {
	c := start(t, sandbox.Config{},
		sandbox.Task{ID: "late", Deadline: "2035-07-02T09:00:00Z"},
		sandbox.Task{ID: "none"},
		sandbox.Task{ID: "soon", Deadline: "2035-06-07T09:00:00+02:00"},
		sandbox.Task{ID: "never"},
	)
	for sort, want := range map[string]string{
		"":             "late none soon never",
		"newest":       "never soon none late",
		"-newest":      "late none soon never",
		"deadline":     "soon late none never",
		"-deadline":    "late soon none never",
		"-position":    "never soon none late",
		"alphabetical": "late none soon never",
	} {
		t.Run(sort, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?sort="+sort, "")); got != want {
				t.Errorf("sort=%s: got %q, want %q", sort, got, want)
			}
		})
	}
}

func TestListCompletedNewest(t *testing.T) {
	c := start(t, sandbox.Config{},
		sandbox.Task{ID: "first", CompletedAt: "2035-06-01T09:00:00Z"},
		sandbox.Task{ID: "open"},
		sandbox.Task{ID: "second", CompletedAt: "2035-06-02T09:00:00Z"},
	)
	for sort, want := range map[string]string{"completed_newest": "second first open", "-completed_newest": "first second open"} {
		if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?sort="+sort, "")); got != want {
			t.Errorf("sort=%s: got %q, want %q", sort, got, want)
		}
	}
}
