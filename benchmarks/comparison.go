// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import "fmt"

// columns are the figures that are compared; less is better.
var columns = []struct {
	name string
	of   func(measurement) float64
	as   func(float64) string
}{
	{"wall", func(t measurement) float64 { return t.wall.Seconds() }, seconds},
	{"CPU", func(t measurement) float64 { return t.cpu.Seconds() }, seconds},
	{"peak", func(t measurement) float64 { return float64(t.peak / mib) }, func(n float64) string { return fmt.Sprintf("%.0f MiB", n) }},
	{"requests", func(t measurement) float64 { return float64(t.requests) }, func(n float64) string { return fmt.Sprintf("%.0f", n) }},
}

func seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }

// writeComparison lists every figure in which another provider is ahead of this one.
func (r report) writeComparison(write func(string, ...any)) {
	if r.results == nil {
		return
	}
	write("## Where Another Provider Is Ahead\n\n| | N | Peer | Figure | Its | This one's |\n|---|---:|---|---|---:|---:|\n")
	ahead := 0
	for _, p := range r.harness.available() {
		if p.source == "" || p.source == peers()[0].source || p.idle {
			continue
		}
		for _, o := range operations {
			for _, n := range r.sizes {
				ours, theirs := r.results[key{tallyfy, o.name, n}], r.results[key{p.name, o.name, n}]
				for _, c := range columns {
					if c.as(c.of(theirs)) != c.as(c.of(ours)) && c.of(theirs) < c.of(ours) {
						write("| %s | %d | %s | %s | %s | %s |\n", o.name, n, p.name, c.name, c.as(c.of(theirs)), c.as(c.of(ours)))
						ahead++
					}
				}
			}
		}
		if size := r.started[p.name].size; size < r.started[tallyfy].size {
			write("| | | %s | size | %.1f MiB | %.1f MiB |\n", p.name, float64(size)/mib, float64(r.started[tallyfy].size)/mib)
			ahead++
		}
	}
	if ahead == 0 {
		write("| none | | | | | |\n")
	}
	write("\nA create includes the preflight check of the plan, which no peer makes: one request for one task, and two for each hundred tasks otherwise. " +
		"It ends before the plan does, so it adds a latency to the wall time of an apply. `preflight = false` turns it off. " +
		"The peak of the null provider is what the framework needs by itself.\n\n")
}
