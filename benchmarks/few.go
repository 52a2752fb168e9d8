// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// fewCases are the cases of the most common use, a pipeline that completes a few tasks.
var fewCases = []fewCase{
	{1, shortLatency},
	{1, longLatency},
	{5, shortLatency},
	{5, longLatency},
}

// shortLatency and longLatency are those of each request.
const (
	shortLatency = 50 * time.Millisecond
	longLatency  = 200 * time.Millisecond
)

// fewCase is a number of blocks and a latency.
type fewCase struct {
	n       int
	latency time.Duration
}

// fewKey identifies the figures of a peer for a case.
type fewKey struct {
	peer string
	fewCase
}

// measureFew measures the creation of a few tasks in each case. The peers alternate as in
// [harness.measure].
func (h *harness) measureFew(ctx context.Context, s settings, cases []fewCase, progress io.Writer) (map[fewKey]measurement, error) {
	all := map[fewKey][]measurement{}
	for _, c := range cases {
		for round := range s.repeat {
			for _, p := range h.available() {
				_, _ = fmt.Fprintf(progress, "%d blocks with a latency of %s, round %d: %s\n", c.n, c.latency, round+1, p.name)
				f, err := newFixture(ctx, h, p, c.n, c.latency, false)
				if err != nil {
					return nil, err
				}
				got := f.apply(ctx, s)
				if got.err == nil {
					got.err = f.checkCompletedOnce()
				}
				f.close()
				if got.err != nil {
					return nil, fmt.Errorf("%s, create of %d: %w\n%s", p.name, c.n, got.err, got.output)
				}
				all[fewKey{p.name, c}] = append(all[fewKey{p.name, c}], got)
			}
		}
	}
	middle := map[fewKey]measurement{}
	for k, samples := range all {
		middle[k] = medians(samples)
	}
	return middle, nil
}

// writeFew writes a table for each number of blocks, because the latencies of one number are what a
// reader compares.
func (r report) writeFew(write func(string, ...any)) {
	if r.few == nil {
		return
	}
	write("## A Few Tasks\n\nMost pipelines complete one to five tasks. `terraform apply` plans N new blocks and completes N tasks.\n\n")
	write("| N | Latency | Peer | Wall | CPU | Requests |\n|---:|---:|---|---:|---:|---:|\n")
	for _, c := range fewCases {
		for _, p := range r.harness.available() {
			if t, ok := r.few[fewKey{p.name, c}]; ok {
				write("| %d | %s | %s | %s | %s | %d |\n", c.n, c.latency, p.name, seconds(t.wall.Seconds()), seconds(t.cpu.Seconds()), t.requests)
			}
		}
	}
	write("\nThe difference between the two latencies shows how many requests wait for each other, and what remains without latency.\n\n")
	write("| N | Peer | Consecutive requests | Wall without latency |\n|---:|---|---:|---:|\n")
	for _, n := range []int{1, 5} {
		for _, p := range r.harness.available() {
			short, long := r.few[fewKey{p.name, fewCase{n, shortLatency}}], r.few[fewKey{p.name, fewCase{n, longLatency}}]
			if short.wall > 0 && long.wall > 0 {
				consecutive, rest := separate(short.wall, long.wall)
				write("| %d | %s | %.1f | %s |\n", n, p.name, consecutive, seconds(rest.Seconds()))
			}
		}
	}
	write("\n")
}

// separate returns how many requests wait for each other, and the wall time without them, from the
// wall times with the short and the long latency.
func separate(short, long time.Duration) (consecutive float64, rest time.Duration) {
	consecutive = (long - short).Seconds() / (longLatency - shortLatency).Seconds()
	return consecutive, short - time.Duration(consecutive*float64(shortLatency))
}
