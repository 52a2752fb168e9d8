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

// pair is a command that this provider and another one were measured with.
type pair struct {
	what         string
	n            int
	ours, theirs measurement
}

// pairs returns what was measured with this provider and p. A situation counts only if p ends it
// right.
func (r report) pairs(p string) []pair {
	var all []pair
	for _, o := range operations {
		for _, n := range r.sizes {
			all = append(all, pair{o.name, n, r.results[key{tallyfy, o.name, n}], r.results[key{p, o.name, n}]})
		}
	}
	for _, c := range fewCases {
		if theirs, ok := r.few[fewKey{p, c}]; ok {
			all = append(all, pair{fmt.Sprintf("create, %s of latency", c.latency), c.n, r.few[fewKey{tallyfy, c}], theirs})
		}
	}
	for _, s := range situations {
		if theirs, ok := r.situations[situationKey{p, s.name}]; ok && theirs.verdict == survived {
			all = append(all, pair{s.name, situationSize, r.situations[situationKey{tallyfy, s.name}].measurement, theirs.measurement})
		}
	}
	return all
}

// writeComparison lists every figure in which another provider is ahead of this one, and the
// reasons.
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
		for _, pair := range r.pairs(p.name) {
			for _, c := range columns {
				if c.as(c.of(pair.theirs)) != c.as(c.of(pair.ours)) && c.of(pair.theirs) < c.of(pair.ours) {
					write("| %s | %d | %s | %s | %s | %s |\n", pair.what, pair.n, p.name, c.name, c.as(c.of(pair.theirs)), c.as(c.of(pair.ours)))
					ahead++
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
	write("\n- **Requests and wall time of a create.** The plan checks the tasks, which no peer does: one request for one task, and two for each hundred of several, because the apply plans again. " +
		"So `terraform apply` waits for one request more with one task, and for two with several. `preflight = false` turns it off.\n" +
		"- **Peak, CPU and size of restapi 1.** It uses an older SDK than this provider. The null provider shows what the newer framework needs alone.\n" +
		"- **No network.** This provider retries a request before it fails the plan. `max_retries = 0` turns that off.\n\n")
}
