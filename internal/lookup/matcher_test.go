// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestMatching(t *testing.T) {
	t.Parallel()
	tasks := []*tallyfy.Task{
		{ID: "1", Alias: "deploy", Title: "Deploy"},
		{ID: "2", Alias: "deploy-2", Title: "Deploy"},
		{ID: "3", Title: "deploy"},
		{ID: "4", Alias: "same"},
		{ID: "5", Alias: "same", Title: "Deploy "},
	}
	for name, c := range map[string]struct {
		wanted Wanted
		want   []string
	}{
		"alias":                  {Wanted{Alias: "deploy"}, []string{"1"}},
		"alias in another case":  {Wanted{Alias: "Deploy"}, nil},
		"part of an alias":       {Wanted{Alias: "deploy-"}, nil},
		"alias of two tasks":     {Wanted{Alias: "same"}, []string{"4", "5"}},
		"title of three tasks":   {Wanted{Title: "Deploy"}, []string{"1", "2", "5"}},
		"title in another case":  {Wanted{Title: "deploy"}, []string{"3"}},
		"title with whitespace":  {Wanted{Title: "Deploy "}, []string{"1", "2", "5"}},
		"title of whitespace":    {Wanted{Title: " "}, nil},
		"title that is an alias": {Wanted{Title: "deploy-2"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ids(c.wanted.matcher().matching(tasks)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	aliases := func(all ...string) []*tallyfy.Task {
		var tasks []*tallyfy.Task
		for _, alias := range all {
			tasks = append(tasks, &tallyfy.Task{Alias: alias})
		}
		return tasks
	}
	for name, c := range map[string]struct {
		value   string
		aliases []string
		want    string
	}{
		"one alias is near":    {"provision-the-vcp", []string{"approve-the-change", "", "provision-the-vpc"}, "provision-the-vpc"},
		"the nearest of two":   {"Provision-the-VPC", []string{"provision-the-vpn", "provision-the-vpc"}, "provision-the-vpc"},
		"a title as the alias": {"Provision the VPC", []string{"provision-the-vpc"}, "provision-the-vpc"},
		"in its normal form":   {"deploy", []string{" deploi "}, "deploi"},
		"none is near":         {"deploy", []string{"destroy", ""}, ""},
		"no tasks":             {"anything", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Wanted{Alias: c.value}).matcher().nearest(aliases(c.aliases...)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	got := candidates([]*tallyfy.Task{
		{ID: "1", Alias: "deploy", Title: `Deploy "it"`},
		{ID: "2", Title: "two\nlines\x1b[31m", ArchivedAt: "2026-01-01T00:00:00Z"},
		{ID: "3\n", Alias: "a\nb"},
		{ID: "4", Title: strings.Repeat("ä", maxTitle+1)},
	})
	want := "\n  - deploy – \"Deploy \\\"it\\\"\" – 1" +
		"\n  - (no alias) – \"two\\nlines\\x1b[31m\" – 2 (archived)" +
		"\n  - a\uFFFDb – (no title) – 3\uFFFD" +
		"\n  - (no alias) – \"" + strings.Repeat("ä", maxTitle) + "…\" – 4"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}

	var many []*tallyfy.Task
	for i := range maxCandidates + 5 {
		many = append(many, &tallyfy.Task{ID: fmt.Sprint("t", i)})
	}
	if got := candidates(many[:maxCandidates]); strings.Count(got, "\n") != maxCandidates || strings.Contains(got, "more") {
		t.Errorf("the maximum number: %s", got)
	}
	if got := candidates(many); strings.Count(got, "\n") != maxCandidates+1 || !strings.HasSuffix(got, "t19\n  - and 5 more") {
		t.Errorf("more than the maximum: %s", got)
	}
}
