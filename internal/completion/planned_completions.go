// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// plannedCompletions are the completions that the blocks of one plan configure for each task.
// Terraform plans a block more than once and does not identify the block, so equal plans count as
// one. The zero value is ready for use, and safe for concurrent use.
type plannedCompletions struct {
	mu     sync.Mutex
	byTask map[tallyfy.TaskRef][]Planned
}

// add notes a plan, and returns the different plans for the same task.
func (c *plannedCompletions) add(p Planned) (others []Planned) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, known := taskKey(p.Task), false
	for _, other := range c.byTask[key] {
		if other.equal(p) {
			known = true
			continue
		}
		others = append(others, other)
	}
	if !known {
		if c.byTask == nil {
			c.byTask = map[tallyfy.TaskRef][]Planned{}
		}
		c.byTask[key] = append(c.byTask[key], p)
	}
	return others
}

// equal reports whether two plans request the same of a task.
func (p Planned) equal(other Planned) bool {
	return (p.Recorded == nil) == (other.Recorded == nil) && sameOption(p.IsApproved, other.IsApproved) && slices.Equal(p.Unknown, other.Unknown) &&
		reflect.DeepEqual([]map[string]any{p.FormFields, p.Taskdata, p.SecretFormFields, p.SecretTaskdata},
			[]map[string]any{other.FormFields, other.Taskdata, other.SecretFormFields, other.SecretTaskdata})
}

// contradictions compares a plan with the others for its task, as the task was read. It returns at
// most one notice, for the most severe contradiction.
func contradictions(task *tallyfy.Task, p Planned, others []Planned) (problems, warnings []Notice) {
	for _, other := range others {
		differs := disagreements(task, p, other)
		switch {
		case len(differs) == 0:
		case p.Recorded == nil && other.Recorded == nil && isOpen(task):
			return []Notice{contradicts(task, differs, "The block that is applied first completes the task. The other one fails, unless the task then holds what it configures.")}, nil
		default:
			warnings = []Notice{contradicts(task, differs, "The task can hold only one of them. What an apply leaves can depend on the order in which Terraform applies the blocks.")}
		}
	}
	return nil, warnings
}

// disagreements lists what two plans request differently of a task. The completer is not part of
// that, because a completion by another user is adopted. If only one of two new completions sets a
// field, the field must already hold that value, because the other completion may be sent first.
func disagreements(task *tallyfy.Task, p, other Planned) []string {
	var all []string
	if p.IsApproved != nil && other.IsApproved != nil && *p.IsApproved != *other.IsApproved && tallyfy.TakesDecision(task.Type) {
		all = append(all, fmt.Sprintf("is_approved: %s here, and %s there", verdict(*p.IsApproved), verdict(*other.IsApproved)))
	}
	if task.Form == nil {
		return all
	}
	mine, theirs := p.values(task), other.values(task)
	bothNew := p.Recorded == nil && other.Recorded == nil && isOpen(task)
	for _, id := range slices.Sorted(maps.Keys(merged(mine.taskdata, theirs.taskdata))) {
		field, _ := fieldOf(task.Form, id)
		a, inMine := mine.taskdata[id]
		b, inTheirs := theirs.taskdata[id]
		_, given := mine.given[id]
		_, givenThere := theirs.given[id]
		switch {
		case inMine && inTheirs && !equal(field, a, b):
			all = append(all, fmt.Sprintf("field %s has another value", describeField(field)))
		case bothNew && inMine && !givenThere && !other.valuesUnknown() && !equal(field, a, field.Value):
			all = append(all, fmt.Sprintf("field %s has a value only here", describeField(field)))
		case bothNew && inTheirs && !given && !p.valuesUnknown() && !equal(field, b, field.Value):
			all = append(all, fmt.Sprintf("field %s has a value only there", describeField(field)))
		}
	}
	return all
}
