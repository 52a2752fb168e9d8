// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"encoding/json"
	"fmt"
)

// mergeResult is the result of merging a taskdata input.
type mergeResult struct {
	values                  map[string]any // the stored values, with the new ones
	saved, cleared, dropped int
	errs                    fieldErrors
}

// note returns the numbers of saved, cleared and dropped values.
func (m mergeResult) note() string {
	count := func(n int, verb, noun string) string {
		switch n {
		case 0:
			return ""
		case 1:
			return fmt.Sprintf("%s 1 %s", verb, noun)
		default:
			return fmt.Sprintf("%s %d %ss", verb, n, noun)
		}
	}
	return joinNotes(
		count(m.saved, "saved", "value"),
		count(m.cleared, "cleared", "value"),
		count(m.dropped, "dropped", "unknown key"),
	)
}

// mergeTaskdata checks values and merges them by key into copies of the stored ones.
// Unknown keys are dropped without an error (API.md §1.5). Texts pass through
// rewrite, if it is set.
func mergeTaskdata(t *stored, input any, rewrite func(string) string) mergeResult {
	m := mergeResult{values: copyValues(t.Taskdata), errs: fieldErrors{}}
	if isEmpty(input) {
		return m
	}
	switch sent := input.(type) {
	case object:
		for id, value := range sent {
			m.merge(t, id, value, rewrite)
		}
	case []any:
		// The keys of a list are not fields.
		m.dropped = len(sent)
	default:
		m.errs.add("taskdata", "The taskdata must be an array.")
	}
	return m
}

func (m *mergeResult) merge(t *stored, id string, value any, rewrite func(string) string) {
	f, ok := t.field(id)
	if !ok {
		m.dropped++
		return
	}
	if !clears(value) || f.Type == "table" {
		if complaint := f.check(value); complaint != "" {
			m.errs.add(id, complaint)
			return
		}
		value = f.storedForm(value, rewrite)
	}
	if clears(value) {
		delete(m.values, id)
		m.cleared++
		return
	}
	m.values[id] = value
	m.saved++
}

// clears reports whether a value clears a field other than a table (API.md §1.5).
func clears(value any) bool {
	return isEmpty(value) || value == false || value == json.Number("0")
}
