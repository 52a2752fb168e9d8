// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// newIdleHarness returns a harness with this provider, the null provider and Terraform alone.
func newIdleHarness(t *testing.T) *harness {
	t.Helper()
	var chosen []peer
	for _, p := range peers() {
		if p.name == tallyfy || p.idle {
			chosen = append(chosen, p)
		}
	}
	h, err := newHarness(t.Context(), t.TempDir(), chosen)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// This provider is right in each situation. The null provider plans, applies and imports, and sends
// nothing.
func TestSituations(t *testing.T) {
	t.Parallel()
	h := newIdleHarness(t)
	s := settings{latency: time.Millisecond, parallelism: 10, repeat: 1}
	results, err := h.measureSituations(t.Context(), s, 2, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, situation := range situations {
		for _, p := range h.available() {
			got, measured := results[situationKey{p.name, situation.name}]
			switch imports := p.importID != ""; {
			case situation.name == "import" && !imports:
				if measured {
					t.Errorf("%s: %s has a result", situation.name, p.name)
				}
			case got.verdict != survived:
				t.Errorf("%s: %s: %s\n%s", situation.name, p.name, got.verdict, got.output)
			case p.idle && got.requests > 0:
				t.Errorf("%s: %s sends %d requests", situation.name, p.name, got.requests)
			}
		}
	}
	text := report{settings: s, harness: h, situations: results}.String(t.Context())
	for _, part := range []string{"## Situations", "| reopened | tallyfy |", "| import | null |", "| no network | terraform alone |"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
	for _, part := range []string{"## Create", "## Recovery", "## A Few Tasks"} {
		if strings.Contains(text, part) {
			t.Errorf("%q is not measured, and it is in:\n%s", part, text)
		}
	}
}

// A task that was not completed again is counted.
func TestCheckCompletions(t *testing.T) {
	t.Parallel()
	h := newIdleHarness(t)
	f, err := newFixture(t.Context(), h, h.peers[0], 2, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	f.server.CompleteOutside(f.tasks[1], 1001, nil)
	if got := f.checkCompletions(1); got != "1 of 2" {
		t.Errorf("got %q", got)
	}
}

// The table of a few tasks has a row for each case and peer.
func TestFew(t *testing.T) {
	t.Parallel()
	h := newIdleHarness(t)
	s := settings{parallelism: 10, repeat: 1}
	cases := []fewCase{{2, time.Millisecond}}
	results, err := h.measureFew(t.Context(), s, cases, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got := results[fewKey{null, cases[0]}]; got.requests != 0 || got.wall <= 0 {
		t.Errorf("null: %+v", got)
	}
	r := report{settings: s, harness: h, few: map[fewKey]measurement{
		{tallyfy, fewCases[0]}: {wall: time.Second, requests: 3}, {tallyfy, fewCases[1]}: {wall: 1450 * time.Millisecond, requests: 3},
	}}
	text := r.String(t.Context())
	for _, row := range []string{"| 1 | 50ms | tallyfy | 1.00 s | 0.00 s | 3 |", "| 1 | tallyfy | 3.0 | 0.85 s |"} {
		if !strings.Contains(text, row) {
			t.Errorf("%q is missing in:\n%s", row, text)
		}
	}
}
