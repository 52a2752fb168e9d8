// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// wireApproved follows the examples: null on a task that was just reopened,
// false on tasks that know no decision (API.md §2.1). For an open approval
// task they say nothing; null is the likelier (UNK).
func (t *stored) wireApproved(on occasion) any {
	switch {
	case on == onReopen:
		return nil
	case t.Type != typeApproval:
		return false
	case t.IsApproved == nil:
		return nil
	default:
		return *t.IsApproved
	}
}

// wireProgress has an invented shape: the field is documented, its content is
// not (UNK).
func (t *stored) wireProgress() any {
	if t.EveryoneMustComplete <= 1 {
		return nil
	}
	return object{"completed": len(t.Shares), "total": t.EveryoneMustComplete}
}

// wireOwners gives users as numbers where one task is read, and as objects
// everywhere else (API.md §7, item 11).
func (t *stored) wireOwners(on occasion) object {
	users := []any{}
	for _, id := range t.Owners.Users {
		if on == onGet {
			users = append(users, id)
		} else {
			users = append(users, object{"id": id, "full_name": userName(id)})
		}
	}
	return object{
		"users":  users,
		"guests": append([]string{}, t.Owners.Guests...),
		"groups": append([]string{}, t.Owners.Groups...),
	}
}

// wireFields is the form with its answers under field_value (API.md §1.3).
func (t *stored) wireFields() []object {
	fields := []object{}
	for i, f := range t.Fields {
		options, columns := []any{}, []any{}
		for j, text := range f.Options {
			options = append(options, object{"id": j + 1, "text": text, "value": nil})
		}
		for j, label := range f.Columns {
			columns = append(columns, object{"id": j + 1, "label": label})
		}
		fields = append(fields, object{
			"id":          f.ID,
			"label":       f.Label,
			"alias":       orNull(f.Alias),
			"field_type":  f.Type,
			"required":    f.Required,
			"position":    i + 1,
			"options":     options,
			"columns":     columns,
			"field_value": t.Taskdata[f.ID],
		})
	}
	return fields
}

// wireChanges is tasks_changed_by_rules. The shape of its elements, and of an
// empty one, is unknown (UNK): documentation shows {}, the framework turns empty
// maps into [], so each vintage has one of them.
func (s *Server) wireChanges(t *stored) any {
	switch {
	case t.ChangedByRules != nil:
		return t.ChangedByRules
	case s.cfg.Vintage == Legacy:
		return object{}
	default:
		return []any{}
	}
}
