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
		_, err := e.client.Reopen(ctx, ref)
		err = budget.Count(err)
		switch tallyfy.OutcomeOf(err) {
		case tallyfy.Accepted:
			return nil

		case tallyfy.NotSent, tallyfy.RejectedForNow:
			if spent := budget.Wait(ctx, err); spent != nil {
				return spent
			}

		case tallyfy.Rejected: // perhaps since it is not completed: which answer says so is not documented (tallyfy-api §8)
			if task, lookErr := e.lookFor(ctx, ref, isOpen); lookErr == nil && isOpen(task) {
				return nil
			}
			return err

		case tallyfy.Unknown:
			spent := budget.Wait(ctx, err)
			task, lookErr := e.lookFor(ctx, ref, isOpen)
			switch {
			case lookErr == nil && isOpen(task):
				return nil
			case lookErr != nil:
				return err
			case spent != nil:
				return spent
			}
		}
	}
}

func isOpen(task *tallyfy.Task) bool { return !task.Completed() }
