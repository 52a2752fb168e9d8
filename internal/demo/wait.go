// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// waitForApproval shows an apply that waits for a person, in examples/demo/wait: one that a
// rejection stops, and one that continues when the person has approved.
func (r *demoRunner) waitForApproval(ctx context.Context, folder string) error {
	root, err := clitest.SourceRoot(ctx)
	if err != nil {
		return err
	}
	if err := clitest.Checkout(folder, filepath.Join(root, "examples", "demo", "wait", "main.tf")); err != nil {
		return err
	}
	r.server.ResetJournal()
	if err := r.runStep(ctx, folder, step{title: "The next configuration waits for the approval \"Accept the security review\".", args: []string{"init", "-input=false"}}); err != nil {
		return err
	}
	apply := []string{"apply", "-input=false", "-auto-approve"}

	err = r.runStep(ctx, folder, step{
		title: "Apply waits. Meanwhile a person rejects: the apply fails, and nothing behind the wait is done.",
		args:  apply, fails: true, meanwhile: func() { r.decideAfterAPoll(false) },
	})
	if err != nil {
		return err
	}
	r.server.ReopenOutside(sandbox.SeedSecurityTaskID)
	err = r.runStep(ctx, folder, step{
		title: "The approval was reopened. Apply waits again. Meanwhile the person approves: the apply continues.",
		args:  apply, writes: map[string]int{http.MethodPost: 1}, meanwhile: func() { r.decideAfterAPoll(true) },
	})
	if err != nil {
		return err
	}
	r.print("What reached Tallyfy, in order:")
	sandbox.WriteJournal(r.out, r.server.Journal())
	if fired := r.server.Webhooks(sandbox.SeedPlainTaskID); fired != 1 {
		return fmt.Errorf("the webhooks of the task behind the wait fired %d times", fired)
	}
	r.print("A wait only reads. The step behind it was completed once, after the approval.")
	return nil
}

// decideAfterAPoll lets a person decide when a wait has read the list of tasks once.
func (r *demoRunner) decideAfterAPoll(approved bool) {
	r.server.Inject(sandbox.Fault{
		Method: http.MethodGet, PathPart: "/runs/" + sandbox.SeedRunID + "/tasks", Skip: 1, Handle: true,
		Before: func(*http.Request) {
			r.server.CompleteOutside(sandbox.SeedSecurityTaskID, sandbox.SeedColleagueID, &approved)
		},
	})
}
