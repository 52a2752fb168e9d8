// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import "fmt"

// columns are the figures of which less is better, and how they are written.
var columns = []struct {
	name string
	of   func(taken) float64
	as   func(float64) string
}{
	{"wall", func(t taken) float64 { return t.wall.Seconds() }, seconds},
	{"CPU", func(t taken) float64 { return t.cpu.Seconds() }, seconds},
	{"peak", func(t taken) float64 { return float64(t.peak / mib) }, func(n float64) string { return fmt.Sprintf("%.0f MiB", n) }},
	{"requests", func(t taken) float64 { return float64(t.requests) }, func(n float64) string { return fmt.Sprintf("%.0f", n) }},
}

func seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }

// sayAhead names every figure in which another provider is ahead of this one, so that nobody has to search for them.
func (r report) sayAhead(say func(string, ...any)) {
	say("## Where another provider is ahead\n\n| | N | Peer | Figure | Its | This one's |\n|---|---:|---|---|---:|---:|\n")
	ahead := 0
	for _, p := range r.hall.present() {
		if p.source == "" || p.source == peers()[0].source {
			continue
		}
		for _, o := range operations {
			for _, n := range r.sizes {
				ours, theirs := r.results[key{tallyfy, o.name, n}], r.results[key{p.name, o.name, n}]
				for _, c := range columns {
					if c.as(c.of(theirs)) != c.as(c.of(ours)) && c.of(theirs) < c.of(ours) {
						say("| %s | %d | %s | %s | %s | %s |\n", o.name, n, p.name, c.name, c.as(c.of(theirs)), c.as(c.of(ours)))
						ahead++
					}
				}
			}
		}
		if size := r.started[p.name].size; size < r.started[tallyfy].size {
			say("| | | %s | size | %.1f MiB | %.1f MiB |\n", p.name, float64(size)/mib, float64(r.started[tallyfy].size)/mib)
			ahead++
		}
	}
	if ahead == 0 {
		say("| nowhere | | | | | |\n")
	}
	say("\nA create has the looks of the pre-flight in it, one while planning and one more while the apply plans again: two round trips, which no peer makes. `preflight = false` leaves them out.\n\n")
}
