// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// newTestHarness returns a harness with this provider, the floor, and more peers.
func newTestHarness(t *testing.T, more ...peer) *harness {
	t.Helper()
	all := peers()
	h, err := newHarness(t.Context(), t.TempDir(), append([]peer{all[0], floor}, more...))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A measurement of small sizes contains all figures, with the number of requests that the provider
// promises.
func TestMeasure(t *testing.T) {
	t.Parallel()
	h := newTestHarness(t)
	s := settings{sizes: []int{1, 3}, latency: time.Millisecond, parallelism: 10, repeat: 1}
	results, err := h.measure(t.Context(), s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[key]int{
		{tallyfy, "create", 1}: 2*1 + 1, {tallyfy, "create", 3}: 2*3 + 2, // and the preflight checks
		{tallyfy, "plan", 1}: 1, {tallyfy, "plan", 3}: 2, {tallyfy, "destroy", 1}: 1, {tallyfy, "destroy", 3}: 2,
		{floor.name, "create", 3}: 0, {floor.name, "plan", 3}: 0, {floor.name, "destroy", 3}: 0,
	} {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			got, known := results[k]
			early := 0 // Terraform may plan a block before it validates another one, whose task is then read separately
			if k.peer == tallyfy && k.operation == "create" && k.n > 1 {
				early = 2
			}
			if !known || got.requests < want || got.requests > want+early {
				t.Errorf("%+v: %d requests, want %d", k, got.requests, want)
			}
			if got.wall <= 0 || got.cpu <= 0 || (got.peak > 0) != (k.peer == tallyfy && canMeasureMemory()) {
				t.Errorf("%+v: took %s, %s of CPU, %d bytes", k, got.wall, got.cpu, got.peak)
			}
		})
	}
	starts, err := h.measureStarts(t.Context(), 1)
	if err != nil || len(starts) != 1 || starts[tallyfy].size < 1<<20 || starts[tallyfy].wall <= 0 {
		t.Errorf("got %+v, error %v", starts, err)
	}
	text := report{settings: s, harness: h, results: results, started: starts}.String(t.Context())
	for _, part := range []string{"| none |", "## Create", "## Plan", "## Destroy", "| 3 | tallyfy |", "| terraform alone |", "1ms"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func canMeasureMemory() bool {
	_, err := os.Stat("/proc/self/status")
	return err == nil
}

// A peer that does not complete its tasks has no figures.
func TestMeasureRejectsPeersThatDoNotComplete(t *testing.T) {
	t.Parallel()
	idle := floor
	idle.name, idle.binary, idle.idle = "careless", "sh", false
	h := newTestHarness(t, idle)
	if _, err := h.measure(t.Context(), settings{sizes: []int{1}, parallelism: 1, repeat: 1}, io.Discard); err == nil || !strings.Contains(err.Error(), "completed 0 times") {
		t.Errorf("got %v", err)
	}
}

// This provider survives every fault. A command that is sent again after a lost response does not.
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
	all, err := newTestHarness(t, careless).recoverAll(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if verdict := all[recovery{tallyfy, f.name}]; verdict != survived {
			t.Errorf("%s: %s", f.name, verdict)
		}
	}
	if verdict := all[recovery{careless.name, "handled, dropped before the first byte"}]; careless.missing == "" && verdict != "completed 2 times" {
		t.Errorf("the verdict on a blind repetition is %q", verdict)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-n", "x"}, {"-n", "0"}, {"-peer", "nobody=/bin/sh"}, {"-peer", "restful=/does/not/exist@1.0.0"}, {"-nonsense"}, {"-repeat", "0"}, {"-parallelism", "0"}, {"-latency", "-1s"}, {"-only", "few,everything"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var output bytes.Buffer
			if code := run(t.Context(), args, &output); code != 2 || output.Len() == 0 {
				t.Errorf("it exited with %d: %s", code, &output)
			}
		})
	}
	var output bytes.Buffer
	if code := run(t.Context(), []string{"-repeat", "0", "few"}, &output); code != 2 || !strings.Contains(output.String(), `"few" is not a flag`) {
		t.Errorf("it exited with %d: %s", code, &output)
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

// The report lists every figure of another provider that is better, and omits differences that
// rounding hides.
func TestComparison(t *testing.T) {
	t.Parallel()
	other := peer{name: "other", source: "else/other"}
	figures := func(wall time.Duration, peak int64, requests int) measurement {
		return measurement{wall: wall, cpu: time.Second, peak: peak << 20, requests: requests}
	}
	r := report{
		settings: settings{sizes: []int{7}}, harness: &harness{peers: []peer{peers()[0], other, floor}}, results: map[key]measurement{
			{tallyfy, "create", 7}: figures(2*time.Second, 30, 3), {"other", "create", 7}: figures(1999*time.Millisecond, 20, 2),
			{tallyfy, "plan", 7}: figures(time.Second, 30, 1), {"other", "plan", 7}: figures(999*time.Millisecond, 30, 7),
		}, few: map[fewKey]measurement{{tallyfy, fewCases[1]}: figures(2*time.Second, 30, 3), {"other", fewCases[1]}: figures(time.Second, 30, 3)},
		situations: map[situationKey]situationResult{
			{tallyfy, "no network"}: {figures(2*time.Second, 30, 0), survived}, {"other", "no network"}: {figures(time.Second, 30, 0), survived},
			{tallyfy, "reopened"}: {figures(2*time.Second, 30, 0), survived}, {"other", "reopened"}: {figures(time.Second, 30, 0), "0 of 100"},
		},
		started: map[string]start{tallyfy: {size: 5 << 20}, "other": {size: 4 << 20}},
	}
	var b strings.Builder
	r.writeComparison(func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) })
	for _, line := range []string{
		"| create | 7 | other | peak | 20 MiB | 30 MiB |", "| create | 7 | other | requests | 2 | 3 |", "| | | other | size | 4.0 MiB | 5.0 MiB |",
		"| create, 200ms of latency | 1 | other | wall | 1.00 s | 2.00 s |", "| no network | 100 | other | wall | 1.00 s | 2.00 s |",
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is missing in:\n%s", line, &b)
		}
	}
	if lines := strings.Count(b.String(), "| other |"); lines != 5 {
		t.Errorf("%d lines:\n%s", lines, &b)
	}
}
