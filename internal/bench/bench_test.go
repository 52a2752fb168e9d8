// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/workspace"
)

// prepared gives a hall with this provider, the floor, and peers of a test.
func prepared(t *testing.T, more ...peer) *hall {
	t.Helper()
	all := peers()
	h, err := prepare(t.Context(), t.TempDir(), append([]peer{all[0], floor}, more...))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A small race brings all figures, with the requests that the provider promises.
func TestRace(t *testing.T) {
	t.Parallel()
	h := prepared(t)
	s := settings{sizes: []int{1, 3}, latency: time.Millisecond, parallelism: 10, repeat: 1}
	results, err := h.race(t.Context(), s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[key]int{
		{tallyfy, "create", 1}: 2*1 + 2, {tallyfy, "create", 3}: 2*3 + 2, // planning looks once, and so does the planning of the apply
		{tallyfy, "plan", 1}: 1, {tallyfy, "plan", 3}: 2, {tallyfy, "destroy", 1}: 1, {tallyfy, "destroy", 3}: 2,
		{floor.name, "create", 3}: 0, {floor.name, "plan", 3}: 0, {floor.name, "destroy", 3}: 0,
	} {
		got, known := results[k]
		if !known || got.requests != want {
			t.Errorf("%+v: %d requests, want %d", k, got.requests, want)
		}
		if got.wall <= 0 || got.cpu <= 0 || (got.peak > 0) != (k.peer == tallyfy && canWatch()) {
			t.Errorf("%+v: took %s, %s of CPU, %d bytes", k, got.wall, got.cpu, got.peak)
		}
	}
	starts, err := h.starts(t.Context(), 1)
	if err != nil || len(starts) != 1 || starts[tallyfy].size < 1<<20 || starts[tallyfy].wall <= 0 {
		t.Errorf("got %+v, %v", starts, err)
	}
	text := report{s, h, results, starts, nil}.String(t.Context())
	for _, part := range []string{"| nowhere |", "## Create", "## Plan", "## Destroy", "| 3 | tallyfy |", "| terraform alone |", "1ms"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func canWatch() bool {
	_, err := os.Stat("/proc/self/status")
	return err == nil
}

// A peer that does not do its work has no figures.
func TestRaceRefusesWhatDoesNotComplete(t *testing.T) {
	t.Parallel()
	idle := floor
	idle.name, idle.binary = "idle", "sh"
	h := prepared(t, idle)
	if _, err := h.race(t.Context(), settings{sizes: []int{1}, parallelism: 1, repeat: 1}, io.Discard); err == nil || !strings.Contains(err.Error(), "completed 0 times") {
		t.Errorf("got %v", err)
	}
}

// This provider comes through every fault of the table; a command that is sent again after a lost answer does not.
func TestRecoveries(t *testing.T) {
	t.Parallel()
	var careless peer
	for _, p := range peers() {
		if p.name == "local-exec curl" {
			careless = p
		}
	}
	if _, err := exec.LookPath("curl"); err != nil {
		careless.missing = "it is not on PATH"
	}
	all, err := prepared(t, careless).recoveries(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if verdict := all[recovery{tallyfy, f.name}]; verdict != survived {
			t.Errorf("%s: %s", f.name, verdict)
		}
	}
	if verdict := all[recovery{careless.name, "handled, dropped before the first byte"}]; careless.missing == "" && verdict != "completed 2 times" {
		t.Errorf("a blind repeat is found to be %q", verdict)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-n", "x"}, {"-n", "0"}, {"-peer", "nobody=/bin/sh"}, {"-peer", "restful=/does/not/exist@1.0.0"}, {"-nonsense"}, {"-repeat", "0"}, {"-parallelism", "0"}, {"-latency", "-1s"}} {
		var said bytes.Buffer
		if code := run(t.Context(), args, &said); code != 2 || said.Len() == 0 {
			t.Errorf("%v ended with %d: %s", args, code, &said)
		}
	}
	s := settings{peers: peers()}
	if err := s.add("restful=" + os.Args[0] + "@1.2.3"); err != nil {
		t.Fatal(err)
	}
	for _, p := range s.peers {
		if p.name == "restful" && (p.version != "1.2.3" || p.binary != os.Args[0] || p.missing != "") {
			t.Errorf("got %+v", p)
		}
	}
}

// The README quotes lines that stand in BENCHMARKS.md.
func TestReadmeQuotesTheBenchmarks(t *testing.T) {
	t.Parallel()
	root, err := workspace.SourceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name)) //nolint:gosec // of this source tree
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	benchmarks, quoted := read("BENCHMARKS.md"), 0
	for line := range strings.Lines(read("README.md")) {
		if strings.HasPrefix(line, "| 100 |") {
			quoted++
			if !strings.Contains(benchmarks, line) {
				t.Errorf("this line is not in BENCHMARKS.md: %s", line)
			}
		}
	}
	if quoted != 3 {
		t.Errorf("the README quotes %d lines, want 3", quoted)
	}
}

// What another provider does better stands in the report, and what differs by less than is shown does not.
func TestReportSaysWhoIsAhead(t *testing.T) {
	t.Parallel()
	other := peer{name: "other", source: "else/other"}
	figures := func(wall time.Duration, peak int64, requests int) taken {
		return taken{wall: wall, cpu: time.Second, peak: peak << 20, requests: requests}
	}
	r := report{settings{sizes: []int{7}}, &hall{peers: []peer{peers()[0], other, floor}}, map[key]taken{
		{tallyfy, "create", 7}: figures(2*time.Second, 30, 3), {"other", "create", 7}: figures(1999*time.Millisecond, 20, 2),
		{tallyfy, "plan", 7}: figures(time.Second, 30, 1), {"other", "plan", 7}: figures(999*time.Millisecond, 30, 7),
	}, map[string]start{tallyfy: {size: 5 << 20}, "other": {size: 4 << 20}}, nil}
	var b strings.Builder
	r.sayAhead(func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) })
	for _, line := range []string{"| create | 7 | other | peak | 20 MiB | 30 MiB |", "| create | 7 | other | requests | 2 | 3 |", "| | | other | size | 4.0 MiB | 5.0 MiB |"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is missing in:\n%s", line, &b)
		}
	}
	if lines := strings.Count(b.String(), "| other |"); lines != 3 {
		t.Errorf("%d lines:\n%s", lines, &b)
	}
}
