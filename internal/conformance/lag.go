// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
)

// lagAttempts is how often a read is repeated that does not show a write. Without it, a server
// whose reads lag would seem to do something else, or the provider would seem to fail.
const lagAttempts = 5

// until repeats a read, and returns how many it took in words.
func (a *account) until(ctx context.Context, read func() (reply, bool, error)) (string, reply, error) {
	var last reply
	for n := 1; n <= lagAttempts; n++ {
		got, done, err := read()
		if err != nil {
			return "", got, err
		}
		if last = got; done {
			return fmt.Sprint(n), last, nil
		}
		if err := ctx.Err(); err != nil {
			return "", last, err
		}
	}
	return fmt.Sprintf("more than %d", lagAttempts), last, nil
}

// see reads a task, with includes in "with", until it shows what is expected. If it never does, it
// returns the last read.
func (a *account) see(ctx context.Context, with string, task *fixture, shows func(reply) bool) (reply, error) {
	_, last, err := a.until(ctx, func() (reply, bool, error) {
		got, err := a.get(ctx, with, pathTasks, task.id)
		return got, err == nil && shows(got), err
	})
	return last, err
}

func showsDone(got reply) bool { return isDone(got.data()) }

func showsRows(got reply) bool { return len(got.rows()) > 0 }

func showsOpen(got reply) bool { return got.ok() && !isDone(got.data()) }

// showsDecision returns whether a read shows a decision.
func showsDecision(approved bool) func(reply) bool {
	return func(got reply) bool { return got.data()["is_approved"] == approved }
}

// showsValues returns whether a read shows a value of each of these fields.
func showsValues(labels ...string) func(reply) bool {
	return func(got reply) bool {
		stored := values(got)
		for _, label := range labels {
			if stored[label] == nil {
				return false
			}
		}
		return true
	}
}
