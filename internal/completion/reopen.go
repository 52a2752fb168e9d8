// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// reopen takes a completion back. It ends well when the task is open, whoever opened it. The error is the client's.
func (e *Engine) reopen(ctx context.Context, ref tallyfy.TaskRef) error {
	budget := e.client.NewBudget()
	for {
		err := budget.Count(e.delete(ctx, ref))
		switch tallyfy.OutcomeOf(err) {
		case tallyfy.Accepted:
			return nil

		case tallyfy.NotSent, tallyfy.RejectedForNow:
			if spent := budget.Wait(ctx, err); spent != nil {
				return spent
			}

		case tallyfy.Rejected: // perhaps since it is not completed: which answer says so is not documented (tallyfy-api §8)
			if task, lookErr := e.look(ctx, ref); lookErr == nil && !task.Completed() {
				return nil
			}
			return err

		case tallyfy.Unknown:
			spent := budget.Wait(ctx, err)
			task, lookErr := e.look(ctx, ref)
			switch {
			case lookErr == nil && !task.Completed():
				return nil
			case lookErr != nil:
				return err
			case spent != nil:
				return spent
			}
		}
	}
}

// delete sends one reopening, which is waited for even if the run is cancelled meanwhile.
func (e *Engine) delete(ctx context.Context, ref tallyfy.TaskRef) error {
	if err := e.client.Ready(ctx); err != nil {
		return err
	}
	detached, done := e.detach(ctx)
	defer done()
	_, err := e.client.Reopen(detached, ref)
	return err
}
