// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

// The types of tasks (API.md §1.1).
const (
	TypeTask          = "task"
	TypeApproval      = "approval"
	TypeExpiring      = "expiring"
	TypeEmail         = "email"
	TypeExpiringEmail = "expiring_email"
)

// TakesDecision reports whether is_approved is a decision on a task of this type: on an approval,
// and on a type that is not known, because a rejection must not be ignored. On the other types it
// has no meaning, or another one (API.md §1.1, §2.1).
func TakesDecision(taskType string) bool {
	switch taskType {
	case TypeTask, TypeEmail, TypeExpiring, TypeExpiringEmail:
		return false
	}
	return true
}
