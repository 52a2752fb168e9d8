// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"errors"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// errAmbiguous is the cause of a failure because several tasks match.
var errAmbiguous = errors.New("several tasks match")

// Match returns the only task with the wanted alias or title. tasks must be all tasks of the
// process. The error wraps a [*notice.Failure].
func Match(wanted Wanted, tasks []*tallyfy.Task) (*tallyfy.Task, error) {
	m := wanted.matcher()
	found := m.matching(tasks)
	if len(found) == 1 {
		return found[0], nil
	}
	failure := m.notUnique(wanted.Run, tasks, found)
	if len(found) > 1 {
		return nil, &ambiguous{failure}
	}
	return nil, failure
}

// ambiguous is a failure because several tasks match.
type ambiguous struct{ *notice.Failure }

// Unwrap returns the failure for the user, and the cause that identifies it.
func (a *ambiguous) Unwrap() []error { return []error{a.Failure, errAmbiguous} }

// IsAmbiguous reports whether [Match] found several tasks. Later lists have the same result unless
// someone renames a task.
func IsAmbiguous(err error) bool { return errors.Is(err, errAmbiguous) }
