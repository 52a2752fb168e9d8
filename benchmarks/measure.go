// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// operations are measured in this order. Each refreshes first, as Terraform does.
var operations = []struct {
	name string
	args []string
	// trips is the least number of sequential round trips per block: a read and a completion, or a
	// read.
	trips int
}{
	{"create", []string{"apply", "-auto-approve"}, 2},
	{"plan", []string{"plan", "-detailed-exitcode"}, 1},
	{"destroy", []string{"destroy", "-auto-approve"}, 1},
}

// key identifies a figure.
type key struct {
	peer, operation string
	n               int
}

// measure lets each peer create, plan and destroy. The peers alternate, so that other load on the
// machine affects them alike.
func (h *harness) measure(ctx context.Context, s settings, progress io.Writer) (map[key]measurement, error) {
	all := map[key][]measurement{}
	for _, n := range s.sizes {
		for round := range s.rounds(n) {
			for _, p := range h.available() {
				_, _ = fmt.Fprintf(progress, "%d blocks, round %d: %s\n", n, round+1, p.name)
				if err := h.measureOnce(ctx, s, p, n, all); err != nil {
					return nil, err
				}
			}
		}
	}
	middle := map[key]measurement{}
	for k, samples := range all {
		middle[k] = medians(samples)
	}
	return middle, nil
}

// many is the number of blocks above which one round is enough.
const many = 200

// rounds returns how often figures for n blocks are taken.
func (s settings) rounds(n int) int {
	if n > many {
		return 1
	}
	return s.repeat
}

// measureOnce measures each operation once and adds the figures to all.
func (h *harness) measureOnce(ctx context.Context, s settings, p peer, n int, all map[key][]measurement) error {
	fixture, err := newFixture(ctx, h, p, n, s.latency, false)
	if err != nil {
		return err
	}
	defer fixture.close()
	for _, operation := range operations {
		got := fixture.run(ctx, s.args(operation.args...)...)
		if got.err == nil && operation.name == "create" {
			got.err = fixture.checkCompletedOnce()
		}
		if got.err != nil { // the figures of a failed command mean nothing
			return fmt.Errorf("%s, %s of %d: %w\n%s", p.name, operation.name, n, got.err, got.output)
		}
		k := key{p.name, operation.name, n}
		all[k] = append(all[k], got)
	}
	return nil
}

// medians returns the median of each figure.
func medians(samples []measurement) measurement {
	return measurement{
		wall:     median(samples, func(t measurement) time.Duration { return t.wall }),
		cpu:      median(samples, func(t measurement) time.Duration { return t.cpu }),
		peak:     median(samples, func(t measurement) int64 { return t.peak }),
		requests: median(samples, func(t measurement) int { return t.requests }),
	}
}

func median[T cmp.Ordered](samples []measurement, of func(measurement) T) T {
	var figures []T
	for _, t := range samples {
		figures = append(figures, of(t))
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// start is what it takes to read a provider's schema, and the size of its binary in bytes.
type start struct {
	measurement
	size int64
}

// measureStarts measures the cold start of each provider.
func (h *harness) measureStarts(ctx context.Context, repeat int) (map[string]start, error) {
	all := map[string]start{}
	for _, p := range h.available() {
		if p.source == "" {
			continue
		}
		fixture, err := newFixture(ctx, h, p, 1, 0, false)
		if err != nil {
			return nil, err
		}
		var samples []measurement
		for range 2*repeat + 1 {
			got := fixture.run(ctx, "providers", "schema", "-json")
			if got.err != nil {
				fixture.close()
				return nil, fmt.Errorf("%s: the schema: %w\n%s", p.name, got.err, got.output)
			}
			samples = append(samples, got)
		}
		fixture.close()
		file, err := os.Stat(h.Binary(p.source, p.version))
		if err != nil {
			return nil, err
		}
		all[p.name] = start{medians(samples), file.Size()}
	}
	return all, nil
}
