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

// operations are what is measured, in the order in which they are run. Each refreshes first, as Terraform does.
var operations = []struct {
	name string
	args []string
	// trips is how many round trips each block needs, one after the other, at the least: a look and a completion, or a look.
	trips int
}{
	{"create", []string{"apply", "-auto-approve"}, 2},
	{"plan", []string{"plan", "-detailed-exitcode"}, 1},
	{"destroy", []string{"destroy", "-auto-approve"}, 1},
}

// key names a figure.
type key struct {
	peer, operation string
	n               int
}

// race lets each peer complete tasks, plan again and destroy. The peers take turns, so that what the machine does beside affects
// them alike.
func (h *hall) race(ctx context.Context, s settings, progress io.Writer) (map[key]taken, error) {
	all := map[key][]taken{}
	for _, n := range s.sizes {
		for turn := range s.turns(n) {
			for _, p := range h.present() {
				_, _ = fmt.Fprintf(progress, "%d blocks, turn %d: %s\n", n, turn+1, p.name)
				if err := h.runOnce(ctx, s, p, n, all); err != nil {
					return nil, err
				}
			}
		}
	}
	middle := map[key]taken{}
	for k, takes := range all {
		middle[k] = middleOf(takes)
	}
	return middle, nil
}

// many is a number of blocks whose figures are the sum of so much that one turn tells enough.
const many = 200

// turns is how often the figures for so many blocks are taken.
func (s settings) turns(n int) int {
	if n > many {
		return 1
	}
	return s.repeat
}

// runOnce measures each operation once.
func (h *hall) runOnce(ctx context.Context, s settings, p peer, n int, all map[key][]taken) error {
	stage, err := newStage(ctx, h, p, n, s.latency, false)
	if err != nil {
		return err
	}
	defer stage.close()
	for _, operation := range operations {
		args := append(slices.Clone(operation.args), "-input=false", fmt.Sprintf("-parallelism=%d", s.parallelism))
		got := stage.run(ctx, args...)
		if got.err == nil && operation.name == "create" && p.name != floor.name {
			got.err = stage.eachFiredOnce()
		}
		if got.err != nil { // a figure of what did not go well would compare nothing
			return fmt.Errorf("%s, %s of %d: %w\n%s", p.name, operation.name, n, got.err, got.said)
		}
		k := key{p.name, operation.name, n}
		all[k] = append(all[k], got)
	}
	return nil
}

// middleOf is the middle of each figure by itself.
func middleOf(takes []taken) taken {
	return taken{
		wall:     median(takes, func(t taken) time.Duration { return t.wall }),
		cpu:      median(takes, func(t taken) time.Duration { return t.cpu }),
		peak:     median(takes, func(t taken) int64 { return t.peak }),
		requests: median(takes, func(t taken) int { return t.requests }),
	}
}

func median[T cmp.Ordered](takes []taken, of func(taken) T) T {
	var figures []T
	for _, t := range takes {
		figures = append(figures, of(t))
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// start is what a provider takes to be asked for its schema, and how large it is.
type start struct {
	taken
	size int64
}

// starts asks each provider for its schema.
func (h *hall) starts(ctx context.Context, repeat int) (map[string]start, error) {
	all := map[string]start{}
	for _, p := range h.present() {
		if p.source == "" {
			continue
		}
		stage, err := newStage(ctx, h, p, 1, 0, false)
		if err != nil {
			return nil, err
		}
		var takes []taken
		for range 2*repeat + 1 {
			got := stage.run(ctx, "providers", "schema", "-json")
			if got.err != nil {
				stage.close()
				return nil, fmt.Errorf("%s: the schema: %w\n%s", p.name, got.err, got.said)
			}
			takes = append(takes, got)
		}
		stage.close()
		file, err := os.Stat(h.Binary(p.source, p.version))
		if err != nil {
			return nil, err
		}
		all[p.name] = start{middleOf(takes), file.Size()}
	}
	return all, nil
}
