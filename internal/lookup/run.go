// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"context"
	"fmt"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// RunWithTasks is a process with the aliases of its tasks.
type RunWithTasks struct {
	tallyfy.Run
	// TaskIDs maps the alias of each task to the task's ID. Aliases are in the form of
	// [tallyfy.NormalizeName]. Tasks without an alias, or with a shared one, are left out.
	TaskIDs map[string]string
	// Warnings list the tasks that share an alias.
	Warnings []notice.Notice
}

// Run reads a process and the aliases of all its tasks, including archived ones. id is the run's
// ID. The error is a [*notice.Failure].
func Run(ctx context.Context, client *tallyfy.Client, organization, id string) (*RunWithTasks, error) {
	run, err := client.GetRun(ctx, organization, id)
	if err != nil {
		return nil, runNotRead(id, err)
	}
	tasks, err := Tasks(ctx, client, tallyfy.List{Organization: organization, Run: id, Archived: true})
	if err != nil {
		return nil, err
	}
	found := &RunWithTasks{Run: *run}
	var repeated []*tallyfy.Task
	if found.TaskIDs, repeated = byAlias(tasks); len(repeated) > 0 {
		found.Warnings = append(found.Warnings, notice.Notice{
			Summary:   "Alias Is Not Unique in the Process",
			Attribute: "task_ids",
			Detail: notice.Paragraphs(
				fmt.Sprintf("Process %s has tasks that share an alias. The provider does not choose between them, so task_ids leaves them out.", id),
				"They are (alias – title – ID):"+candidates(repeated),
				"Use the ID of such a task, or find it by its title with the data source tallyfy_task."),
		})
	}
	return found, nil
}

// byAlias maps aliases in their normal form to IDs, and returns the tasks with a shared alias, in
// their order.
func byAlias(tasks []*tallyfy.Task) (ids map[string]string, repeated []*tallyfy.Task) {
	count := map[string]int{}
	for _, task := range tasks {
		count[tallyfy.NormalizeName(task.Alias)]++
	}
	ids = map[string]string{}
	for _, task := range tasks {
		switch alias := tallyfy.NormalizeName(task.Alias); {
		case alias == "":
		case count[alias] > 1:
			repeated = append(repeated, task)
		default:
			ids[alias] = task.ID
		}
	}
	return ids, repeated
}
