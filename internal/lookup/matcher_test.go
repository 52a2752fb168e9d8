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

func TestHaving(t *testing.T) {
	t.Parallel()
	tasks := []*tallyfy.Task{
		{ID: "1", Alias: "deploy", Title: "Deploy"},
		{ID: "2", Alias: "deploy-2", Title: "Deploy"},
		{ID: "3", Title: "deploy"},
		{ID: "4", Alias: "same"},
		{ID: "5", Alias: "same", Title: "Deploy "},
	}
	for _, c := range []struct {
		wanted Wanted
		want   []string
	}{
		{Wanted{Alias: "deploy"}, []string{"1"}},
		{Wanted{Alias: "Deploy"}, nil}, // case counts
		{Wanted{Alias: "deploy-"}, nil},
		{Wanted{Alias: "same"}, []string{"4", "5"}},
		{Wanted{Title: "Deploy"}, []string{"1", "2", "5"}},
		{Wanted{Title: "deploy"}, []string{"3"}},
		{Wanted{Title: "Deploy "}, []string{"1", "2", "5"}}, // whitespace around it does not
		{Wanted{Title: " "}, nil},
		{Wanted{Title: "deploy-2"}, nil}, // an alias is not a title
	} {
		if got := ids(c.wanted.matcher().matching(tasks)); !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.wanted, got, c.want)
		}
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
	for _, c := range []struct {
		value string
		among []string
		want  string
	}{
		{"provision-the-vcp", []string{"approve-the-change", "", "provision-the-vpc"}, "provision-the-vpc"},
		{"Provision-the-VPC", []string{"provision-the-vpn", "provision-the-vpc"}, "provision-the-vpc"},
		{"Provision the VPC", []string{"provision-the-vpc"}, "provision-the-vpc"},
		{"deploi", []string{"deploys", "deploy", "deplore"}, "deploy"},
		{"deploy", []string{"deploz", "deplox"}, "deploz"},
		{"deploy", []string{"destroy"}, ""}, // three of six letters: another word
		{"deploy", []string{"dploi"}, "dploi"},
		{"abc", []string{"xbc"}, "xbc"},
		{"ab", []string{"ax", "a"}, ""},
		{"ab", []string{"AB"}, "AB"},
		{"überprüfen", []string{"uberprufen"}, "uberprufen"},
		{"anything", []string{"", ""}, ""},
		{"anything", nil, ""},
	} {
		if got := (Wanted{Alias: c.value}).matcher().nearest(aliases(c.among...)); got != c.want {
			t.Errorf("%q among %q: got %q, want %q", c.value, c.among, got, c.want)
		}
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
		t.Errorf("as many as may be: %s", got)
	}
	if got := candidates(many); strings.Count(got, "\n") != maxCandidates+1 || !strings.HasSuffix(got, "t19\n  - and 5 more") {
		t.Errorf("more than may be: %s", got)
	}
}
