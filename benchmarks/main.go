// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command benchmarks compares this provider with other ways to complete Tallyfy tasks, in one run
// on one machine against one sandbox, and writes BENCHMARKS.md. Figures of one run are comparable;
// figures of different machines are not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// settings are the settings of one run of the benchmarks.
type settings struct {
	sizes       []int // numbers of blocks
	latency     time.Duration
	parallelism int
	repeat      int      // how often each figure is taken; the median counts
	only        []string // the sections to measure, of [sections]; empty for all
	peers       []peer
}

// sections are the parts of the report that -only can select.
var sections = []string{"operations", "few", "situations", "starts", "recovery"}

// has reports whether a section is measured.
func (s settings) has(section string) bool {
	return len(s.only) == 0 || slices.Contains(s.only, section)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("benchmarks", flag.ContinueOnError)
	flags.SetOutput(stderr)
	sizes := flags.String("n", "1,10,100,500", "numbers of blocks, `separated by commas`")
	s := settings{peers: peers()}
	flags.DurationVar(&s.latency, "latency", 50*time.Millisecond, "the sandbox's latency, a `time`")
	flags.IntVar(&s.parallelism, "parallelism", 10, "the `number` of concurrent operations of Terraform")
	flags.IntVar(&s.repeat, "repeat", 3, "`number` of times to take each figure; the median counts")
	only := flags.String("only", "", "the `sections` to measure, separated by commas: "+strings.Join(sections, ", ")+"; all if empty")
	out := flags.String("out", "", "`file` to write; standard output if empty")
	flags.Func("peer", "`name=path@version` of a further peer's binary: restapi, restful or \"local-exec tallyfy\"; may be repeated", s.add)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(stderr, "benchmarks: %q is not a flag; all settings are flags, see -help\n", flags.Arg(0))
		return 2
	}
	for _, size := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil || n < 1 || n > 100_000 {
			_, _ = fmt.Fprintf(stderr, "benchmarks: -n takes numbers such as 1,10,100, not %q\n", *sizes)
			return 2
		}
		s.sizes = append(s.sizes, n)
	}
	if *only != "" {
		s.only = strings.Split(*only, ",")
	}
	for _, section := range s.only {
		if !slices.Contains(sections, section) {
			_, _ = fmt.Fprintf(stderr, "benchmarks: -only takes some of %s, not %q\n", strings.Join(sections, ","), section)
			return 2
		}
	}
	if s.repeat < 1 || s.parallelism < 1 || s.latency < 0 {
		_, _ = fmt.Fprintln(stderr, "benchmarks: -repeat and -parallelism are at least 1, and -latency is a time such as 50ms")
		return 2
	}
	report, err := s.measure(ctx, stderr)
	if err == nil && *out != "" {
		err = os.WriteFile(*out, []byte(report), 0o644) //nolint:gosec // for everyone to read
	} else if err == nil {
		_, err = io.WriteString(os.Stdout, report)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "benchmarks: %v\n", err)
		return 1
	}
	return 0
}

// add parses the value of the -peer flag, name=path@version, and sets the binary of that peer.
func (s *settings) add(named string) error {
	name, rest, _ := strings.Cut(named, "=")
	path, version, versioned := strings.Cut(rest, "@")
	for i := range s.peers {
		if p := &s.peers[i]; p.name == name && p.missing == notNamed {
			binary, err := filepath.Abs(path)
			if err == nil {
				_, err = os.Stat(binary) //nolint:gosec // the caller chooses the binary
			}
			p.binary, p.version, p.missing = binary, version, ""
			if !versioned {
				p.version = "0.0.1"
			}
			return err
		}
	}
	return fmt.Errorf("there is no such peer: %q", name)
}

// measure runs the benchmarks and returns the report.
func (s settings) measure(ctx context.Context, progress io.Writer) (string, error) {
	dir, err := os.MkdirTemp("", "benchmarks-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	h, err := newHarness(ctx, dir, s.peers)
	if err != nil {
		return "", err
	}
	r := report{settings: s, harness: h}
	for _, part := range []struct {
		section string
		measure func() error
	}{
		{"operations", func() (err error) { r.results, err = h.measure(ctx, s, progress); return err }},
		{"few", func() (err error) { r.few, err = h.measureFew(ctx, s, fewCases, progress); return err }},
		{"situations", func() (err error) {
			r.situations, err = h.measureSituations(ctx, s, situationSize, progress)
			return err
		}},
		{"starts", func() (err error) { r.started, err = h.measureStarts(ctx, s.repeat); return err }},
		{"recovery", func() (err error) { r.recoveries, err = h.recoverAll(ctx, progress); return err }},
	} {
		if !s.has(part.section) {
			continue
		}
		if err := part.measure(); err != nil {
			return "", err
		}
	}
	return r.String(ctx), nil
}

// harness is a CLI that finds the providers of all peers in a mirror.
type harness struct {
	*clitest.Installation
	dir   string
	peers []peer
}

// newHarness builds and installs the peers, and records which of them are missing.
func newHarness(ctx context.Context, dir string, peers []peer) (*harness, error) {
	w, err := clitest.New(ctx, dir)
	if err != nil {
		return nil, err
	}
	for i := range peers {
		p := &peers[i]
		switch {
		case p.missing != "" || p.source == clitest.Address || p.name == floor.name:
		case p.name == null:
			if err := w.InstallNull(ctx); err != nil {
				return nil, err
			}
		case p.name == pinnedRestapi:
			if p.version, err = w.InstallRestapi(ctx); err != nil {
				p.missing = "it cannot be built here"
			}
		case p.source != "":
			if err := w.Mirror(p.source, p.version, p.binary); err != nil {
				return nil, err
			}
		default:
			if p.binary, err = exec.LookPath(p.binary); err != nil {
				p.missing = "it is not on PATH"
			}
		}
	}
	return &harness{w, dir, peers}, nil
}

// available returns the peers that can be run.
func (h *harness) available() []peer {
	var all []peer
	for _, p := range h.peers {
		if p.missing == "" {
			all = append(all, p)
		}
	}
	return all
}

// machine describes the machine that the figures were taken on.
func machine() string {
	model := ""
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		_, rest, _ := strings.Cut(string(text), "model name")
		line, _, _ := strings.Cut(rest, "\n")
		model = ", " + strings.TrimSpace(strings.TrimLeft(line, "\t :"))
	}
	return fmt.Sprintf("%s/%s, %d cores%s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), model)
}
