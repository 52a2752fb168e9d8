// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// wireApproved follows the examples: null on a task that was just reopened, false on
// tasks without a decision (API.md §2.1). For an open approval there is no example;
// null is likelier (UNK).
func (t *stored) wireApproved(on responseKind) any {
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

// wireProgress has an invented shape: the member is documented, its content is not
// (UNK).
func (t *stored) wireProgress() any {
	if t.EveryoneMustComplete <= 1 {
		return nil
	}
	return object{"completed": len(t.Shares), "total": t.EveryoneMustComplete}
}

// wireOwners returns users as numbers in a read of one task, and as objects in all
// other responses (API.md §7, item 11).
func (t *stored) wireOwners(on responseKind) object {
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

// wireFields returns the form with its values under field_value (API.md §1.3).
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

// wireChanges returns tasks_changed_by_rules. The shape of its entries, and of an
// empty one, is unknown (UNK): documentation shows {}, and PHP encodes an empty map
// as [], so each vintage has one.
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
