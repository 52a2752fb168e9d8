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

// report renders the results as BENCHMARKS.md.
type report struct {
	settings
	harness    *harness
	results    map[key]measurement
	started    map[string]start
	recoveries map[recovery]string
	few        map[fewKey]measurement
	situations map[situationKey]situationResult
}

const mib = 1 << 20

func (r report) String(ctx context.Context) string {
	var b strings.Builder
	write := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	write("# Benchmarks\n\n")
	write("`make bench` wrote this page. All figures are from one run on one machine against the same sandbox, with the peers alternating. Compare them with each other, not with figures from another machine.\n\n")
	write("| | |\n|---|---|\n| Command | `make bench`, with `PEERS` for the binaries that it does not build |\n| Figures | the median of %d rounds; one round if N is above %d |\n", r.repeat, many)
	write("| When | %s |\n| Machine | %s |\n| CLI | %s |\n| Go | %s |\n", time.Now().UTC().Format(time.DateOnly), machine(), r.version(ctx), runtime.Version())
	write("| Sandbox | on the same machine, %s of latency for each request |\n| Parallelism | %d, Terraform's default is 10 |\n\n", r.latency, r.parallelism)

	write("## Peers\n\n| Peer | Version | |\n|---|---|---|\n")
	for _, p := range r.harness.peers {
		what := map[bool]string{true: "the provider `" + p.source + "`", false: "`terraform_data` with `local-exec`"}[p.source != ""]
		switch {
		case p.name == null:
			what = "the schema of `tallyfy/tallyfy` on the same framework, in a provider that sends nothing"
		case p.name == floor.name:
			what = "`terraform_data` alone, which completes nothing and shows what Terraform itself needs"
		case p.missing != "":
			what = "not run: " + p.missing
		}
		write("| %s | %s | %s |\n", p.name, p.version, what)
	}
	write("\nTheir configurations are in [peers.go](benchmarks/peers.go): one instance for each task. Only restful reopens its task at destroy, because it has no other way to end. " +
		"All binaries are stripped and built without cgo.\n\n")

	if r.results != nil {
		for _, o := range operations {
			r.writeOperation(write, o.name, o.trips)
		}
	}
	r.writeFew(write)
	r.writeSituations(write)
	r.writeStarts(write)
	r.writeComparison(write)
	r.writeRecoveries(write)
	return strings.TrimSpace(b.String()) + "\n"
}

func (r report) writeOperation(write func(string, ...any), operation string, trips int) {
	about := map[string]string{
		"create":  "`terraform apply` plans N new blocks and completes N tasks.",
		"plan":    "`terraform plan` after the apply refreshes N resources and finds no changes.",
		"destroy": "`terraform destroy` refreshes N resources and removes them from the state.",
	}[operation]
	write("## %s%s\n\n%s The floor is the time of Terraform alone plus ⌈N/%d⌉ × %d × %s of latency. CPU is compared with the null provider's.\n\n", strings.ToUpper(operation[:1]), operation[1:], about, r.parallelism, trips, r.latency)
	write("| N | Peer | Wall | CPU | Provider's peak | Requests | Wall ÷ floor | CPU ÷ null |\n|---:|---|---:|---:|---:|---:|---:|---:|\n")
	for _, n := range r.sizes {
		least := r.results[key{floor.name, operation, n}].wall + time.Duration((n+r.parallelism-1)/r.parallelism*trips)*r.latency
		for _, p := range r.harness.available() {
			t := r.results[key{p.name, operation, n}]
			peak, ratio, work := "–", "–", "–"
			if t.peak > 0 {
				peak = fmt.Sprintf("%d MiB", t.peak/mib)
			}
			if p.name != floor.name {
				ratio = fmt.Sprintf("%.2f", t.wall.Seconds()/least.Seconds())
			}
			if base := r.results[key{null, operation, n}]; base.cpu > 0 && p.source != "" && p.name != null {
				work = fmt.Sprintf("%.2f", t.cpu.Seconds()/base.cpu.Seconds())
			}
			write("| %d | %s | %.2f s | %.2f s | %s | %d | %s | %s |\n", n, p.name, t.wall.Seconds(), t.cpu.Seconds(), peak, t.requests, ratio, work)
		}
	}
	write("\n")
}

// writeSituations writes a table for each situation.
func (r report) writeSituations(write func(string, ...any)) {
	if r.situations == nil {
		return
	}
	write("## Situations\n\nEach with N = %d, one round.\n\n", situationSize)
	for _, s := range situations {
		write("- %s: %s.\n", s.name, s.about)
	}
	write("\n| Situation | Peer | Wall | CPU | Provider's peak | Requests | Right |\n|---|---|---:|---:|---:|---:|---|\n")
	for _, s := range situations {
		for _, p := range r.harness.available() {
			t, ok := r.situations[situationKey{p.name, s.name}]
			if !ok {
				continue
			}
			write("| %s | %s | %s | %s | %d MiB | %d | %s |\n", s.name, p.name, seconds(t.wall.Seconds()), seconds(t.cpu.Seconds()), t.peak/mib, t.requests, t.verdict)
		}
	}
	write("\n")
}

func (r report) writeStarts(write func(string, ...any)) {
	if r.started == nil {
		return
	}
	write("## Size and Cold Start\n\nThe cold start is `terraform providers schema -json`.\n\n| Peer | Binary | Wall | CPU |\n|---|---:|---:|---:|\n")
	for _, p := range r.harness.available() {
		if s, ok := r.started[p.name]; ok {
			write("| %s | %.1f MiB | %.2f s | %.2f s |\n", p.name, float64(s.size)/mib, s.wall.Seconds(), s.cpu.Seconds())
		}
	}
	write("\n")
}

func (r report) writeRecoveries(write func(string, ...any)) {
	if r.recoveries == nil {
		return
	}
	write("## Recovery\n\nThe first completion request meets a fault. Timeouts are set to 2 s if a peer has a setting for them. A peer survives if the task is completed exactly once, its state is right, and a second apply succeeds.\n\n")
	head, line, total := "| Fault |", "|---|", "| **Survived** |"
	counts := map[string]int{}
	for _, p := range r.harness.available() {
		if !p.idle {
			head, line = head+" "+p.name+" |", line+"---|"
		}
	}
	write("%s\n%s\n", head, line)
	for _, f := range faults {
		write("| %s |", f.name)
		for _, p := range r.harness.available() {
			if p.idle {
				continue
			}
			verdict := r.recoveries[recovery{p.name, f.name}]
			if verdict == survived {
				counts[p.name]++
			}
			write(" %s |", verdict)
		}
		write("\n")
	}
	for _, p := range r.harness.available() {
		if !p.idle {
			total += fmt.Sprintf(" **%d of %d** |", counts[p.name], len(faults))
		}
	}
	write("%s\n", total)
}

// version returns the CLI's name and version.
func (r report) version(ctx context.Context) string {
	_, version, err := r.harness.AtLeast(ctx, 1, 0)
	if err != nil {
		return "unknown"
	}
	return filepath.Base(r.harness.CLI) + " " + version
}
