// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// situationSize is the number of blocks in each situation.
const situationSize = 100

// situation is a less usual task for a provider. run returns the figures of the command that
// matters, and the verdict: [survived], or what is wrong.
type situation struct {
	name, about string
	run         func(ctx context.Context, s settings, f *fixture) (measurement, string)
}

var situations = []situation{
	{"reopened", "all tasks were reopened in Tallyfy after an hour, and `terraform apply` completes them again", reopenedTasks},
	{"import", "all tasks were completed in Tallyfy, and `terraform apply` imports them with `import` blocks", importedTasks},
	{"no network", "`terraform plan` has no network and may fail; after that, a plan with network must show no changes", lostNetwork},
}

// situationResult is a measurement with its verdict.
type situationResult struct {
	measurement
	verdict string
}

// situationKey identifies a result.
type situationKey struct{ peer, situation string }

// measureSituations measures each situation once for each peer. A peer that imports nothing has no
// result for an import.
func (h *harness) measureSituations(ctx context.Context, s settings, n int, progress io.Writer) (map[situationKey]situationResult, error) {
	all := map[situationKey]situationResult{}
	for _, p := range h.available() {
		for _, situation := range situations {
			if situation.name == "import" && p.importID == "" {
				continue
			}
			_, _ = fmt.Fprintf(progress, "%s: %s\n", situation.name, p.name)
			f, err := newFixture(ctx, h, p, n, s.latency, false)
			if err != nil {
				return nil, err
			}
			got, verdict := situation.run(ctx, s, f)
			f.close()
			all[situationKey{p.name, situation.name}] = situationResult{got, verdict}
		}
	}
	return all, nil
}

// apply runs terraform apply with the arguments of every measured command.
func (f *fixture) apply(ctx context.Context, s settings) measurement {
	return f.run(ctx, s.args("apply", "-auto-approve")...)
}

// args returns the arguments of a command with those of every measured command.
func (s settings) args(args ...string) []string {
	return append(slices.Clone(args), "-input=false", fmt.Sprintf("-parallelism=%d", s.parallelism))
}

func reopenedTasks(ctx context.Context, s settings, f *fixture) (measurement, string) {
	if got := f.apply(ctx, s); got.err != nil {
		return got, "the first apply fails"
	}
	f.ahead.Add(int64(time.Hour)) // reads of the last minute's completions are repeated, because they may lag
	for _, task := range f.tasks {
		f.server.ReopenOutside(task)
	}
	got := f.apply(ctx, s)
	if got.err != nil {
		return got, "the apply fails"
	}
	return got, f.checkCompletions(2)
}

func importedTasks(ctx context.Context, s settings, f *fixture) (measurement, string) {
	for _, task := range f.tasks {
		f.server.CompleteOutside(task, 1001, nil)
	}
	text := fmt.Sprintf("import {\n  for_each = local.tasks\n  to = %s[each.key]\n  id = %s\n}\n", f.peer.resource, f.peer.importID)
	if err := os.WriteFile(filepath.Join(f.folder, "import.tf"), []byte(text), 0o600); err != nil {
		return measurement{err: err}, err.Error()
	}
	got := f.apply(ctx, s)
	if got.err != nil {
		return got, "the apply fails"
	}
	if verdict := f.checkCompletions(1); verdict != survived {
		return got, verdict
	}
	return got, f.checkNoChanges(ctx, s)
}

func lostNetwork(ctx context.Context, s settings, f *fixture) (measurement, string) {
	if got := f.apply(ctx, s); got.err != nil {
		return got, "the first apply fails"
	}
	f.server.Close()
	got := f.run(ctx, s.args("plan")...)
	if err := f.server.Restart(); err != nil {
		return got, err.Error()
	}
	if err := f.configure(false); err != nil { // the server has another port now
		return got, err.Error()
	}
	return got, f.checkNoChanges(ctx, s)
}

// checkCompletions returns [survived] if each task was completed n times and is completed, or how
// many were not. An idle peer completes none.
func (f *fixture) checkCompletions(n int) string {
	right := 0
	for _, id := range f.tasks {
		if task, _ := f.server.Task(id); f.server.Webhooks(id) == n && task.CompletedAt != "" {
			right++
		}
	}
	if right == len(f.tasks) || f.peer.idle {
		return survived
	}
	return fmt.Sprintf("%d of %d", right, len(f.tasks))
}

// checkNoChanges returns [survived] if a plan has no changes.
func (f *fixture) checkNoChanges(ctx context.Context, s settings) string {
	if got := f.run(ctx, s.args("plan", "-detailed-exitcode")...); got.err != nil {
		return "the next plan has changes"
	}
	return survived
}
