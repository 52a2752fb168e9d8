// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// report writes what was measured as BENCHMARKS.md has it.
type report struct {
	settings
	hall       *hall
	results    map[key]taken
	started    map[string]start
	recoveries map[recovery]string
}

const mib = 1 << 20

func (r report) String(ctx context.Context) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("# Benchmarks\n\n")
	say("What `make bench` wrote. All figures are of one run, on one machine, against the same sandbox, in which the peers took turns: compare them with each other, not with those of another machine.\n\n")
	say("| | |\n|---|---|\n| Command | `make bench`, with `PEERS` for those that it does not build |\n| Figures | the middle one of %d turns, and of one turn where N is above %d |\n", r.repeat, many)
	say("| When | %s |\n| Machine | %s |\n| CLI | %s |\n| Go | %s |\n", time.Now().UTC().Format(time.DateOnly), machine(), r.version(ctx), runtime.Version())
	say("| Sandbox | on the same machine, %s on the way of each request |\n| Parallelism | %d, Terraform's default is 10 |\n\n", r.latency, r.parallelism)

	say("## Peers\n\n| Peer | Version | |\n|---|---|---|\n")
	for _, p := range r.hall.peers {
		what := map[bool]string{true: "the provider `" + p.source + "`", false: "`terraform_data` with `local-exec`"}[p.source != ""]
		switch {
		case p.name == floor.name:
			what = "`terraform_data` alone, which completes nothing: the floor of Terraform itself"
		case p.missing != "":
			what = "not run: " + p.missing
		}
		say("| %s | %s | %s |\n", p.name, p.version, what)
	}
	say("\nTheir configurations are in [peers.go](internal/bench/peers.go): one instance for each task, and none reopens its task at destroy, except restful, which has no other way to end. " +
		"All binaries are built in the same way, stripped and without cgo.\n\n")

	for _, o := range operations {
		r.sayOperation(say, o.name, o.trips)
	}
	r.sayStarts(say)
	r.sayAhead(say)
	r.sayRecoveries(say)
	return b.String()
}

func (r report) sayOperation(say func(string, ...any), operation string, trips int) {
	about := map[string]string{
		"create":  "`terraform apply` of N new blocks: planning, and completing N tasks.",
		"plan":    "`terraform plan` once all is done: a refresh, and nothing to do.",
		"destroy": "`terraform destroy`: a refresh, and N records taken out of the state.",
	}[operation]
	say("## %s%s\n\n%s Floor: what Terraform alone took, and ⌈N/%d⌉ × %d × %s for the way.\n\n", strings.ToUpper(operation[:1]), operation[1:], about, r.parallelism, trips, r.latency)
	say("| N | Peer | Wall | CPU | Provider's peak | Requests | Wall ÷ floor |\n|---:|---|---:|---:|---:|---:|---:|\n")
	for _, n := range r.sizes {
		least := r.results[key{floor.name, operation, n}].wall + time.Duration((n+r.parallelism-1)/r.parallelism*trips)*r.latency
		for _, p := range r.hall.present() {
			t := r.results[key{p.name, operation, n}]
			peak, ratio := "–", "–"
			if t.peak > 0 {
				peak = fmt.Sprintf("%d MiB", t.peak/mib)
			}
			if p.name != floor.name {
				ratio = fmt.Sprintf("%.2f", t.wall.Seconds()/least.Seconds())
			}
			say("| %d | %s | %.2f s | %.2f s | %s | %d | %s |\n", n, p.name, t.wall.Seconds(), t.cpu.Seconds(), peak, t.requests, ratio)
		}
	}
	say("\n")
}

func (r report) sayStarts(say func(string, ...any)) {
	say("## Size and cold start\n\nCold start: `terraform providers schema -json`.\n\n| Peer | Binary | Wall | CPU |\n|---|---:|---:|---:|\n")
	for _, p := range r.hall.present() {
		if s, ok := r.started[p.name]; ok {
			say("| %s | %.1f MiB | %.2f s | %.2f s |\n", p.name, float64(s.size)/mib, s.wall.Seconds(), s.cpu.Seconds())
		}
	}
	say("\n")
}

func (r report) sayRecoveries(say func(string, ...any)) {
	say("## Recovery\n\nThe first completion that is sent meets a fault. Time-outs are set to 2 s where a peer has a setting for them. It survives with exactly one completion, a right record, and a second apply that succeeds.\n\n")
	head, line, total := "| Fault |", "|---|", "| **Survived** |"
	counts := map[string]int{}
	for _, p := range r.hall.present() {
		if p.name != floor.name {
			head, line = head+" "+p.name+" |", line+"---|"
		}
	}
	say("%s\n%s\n", head, line)
	for _, f := range faults {
		say("| %s |", f.name)
		for _, p := range r.hall.present() {
			if p.name == floor.name {
				continue
			}
			verdict := r.recoveries[recovery{p.name, f.name}]
			if verdict == survived {
				counts[p.name]++
			}
			say(" %s |", verdict)
		}
		say("\n")
	}
	for _, p := range r.hall.present() {
		if p.name != floor.name {
			total += fmt.Sprintf(" **%d of %d** |", counts[p.name], len(faults))
		}
	}
	say("%s\n", total)
}

// version is the CLI's name and version.
func (r report) version(ctx context.Context) string {
	_, version, err := r.hall.AtLeast(ctx, 1, 0)
	if err != nil {
		return "unknown"
	}
	return filepath.Base(r.hall.CLI) + " " + version
}
