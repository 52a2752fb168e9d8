// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Planned is a planned completion. Values that are known only after apply are [Unknown].
type Planned struct {
	Desired
	// Unknown lists the attributes of which nothing is known before the apply.
	Unknown []string
	// Recorded is what the recorded completion was for; nil if no completion is recorded.
	Recorded *Desired
	// Title is the title of the task, if the state has it.
	Title string
	// ReopenOnDestroy reports whether a replacement of the completion reopens the task first.
	ReopenOnDestroy bool
}

// Unknown stands for a value that is known only after apply.
type Unknown struct{}

// Resends reports whether the plan of a recorded completion may send another one.
func (p Planned) Resends() bool { return len(p.changes()) > 0 }

// changes lists what the plan changes about a recorded completion. An unknown attribute may change.
func (p Planned) changes() []change {
	if p.Recorded == nil {
		return nil
	}
	all := changesOf(*p.Recorded, p.Desired)
	for _, attribute := range p.Unknown {
		is := func(c change) bool { return c.attribute == attribute }
		i := slices.IndexFunc(all, is)
		switch {
		case attribute == attrSecretFormFields, attribute == attrSecretTaskdata: // their versions say whether they changed
		case i < 0:
			all = append(all, change{attribute: attribute})
		default:
			all[i].keys = nil
		}
	}
	return all
}

// String names a change for the user.
func (c change) String() string {
	if len(c.keys) == 0 {
		return c.attribute
	}
	return c.attribute + " " + quoted(c.keys)
}

func quoted(keys []string) string {
	text := ""
	for i, key := range keys {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", key)
	}
	return text
}

// isUnknown reports whether nothing is known of any of the attributes.
func (p Planned) isUnknown(attributes ...string) bool {
	return slices.ContainsFunc(attributes, func(attribute string) bool { return slices.Contains(p.Unknown, attribute) })
}

// valuesUnknown reports whether it is unknown which fields get values.
func (p Planned) valuesUnknown() bool {
	return p.isUnknown(attrFormFields, attrTaskdata, attrSecretFormFields, attrSecretTaskdata)
}

// unknownNames lists what is known only after apply and matters to the task: the decision if it has
// an effect, the values and, for a recorded completion, everything else that may change it.
func (p Planned) unknownNames(task *tallyfy.Task) []string {
	var all []string
	if p.isUnknown(attrIsApproved) && tallyfy.TakesDecision(task.Type) {
		all = append(all, attrIsApproved)
	}
	for _, given := range []struct {
		attribute string
		values    map[string]any
	}{
		{attrFormFields, p.FormFields}, {attrTaskdata, p.Taskdata}, {attrSecretFormFields, p.SecretFormFields}, {attrSecretTaskdata, p.SecretTaskdata},
	} {
		var keys []string
		for _, key := range slices.Sorted(maps.Keys(given.values)) {
			if _, unknown := given.values[key].(Unknown); unknown {
				keys = append(keys, key)
			}
		}
		if p.isUnknown(given.attribute) || len(keys) > 0 {
			all = append(all, change{given.attribute, keys}.String())
		}
	}
	for _, attribute := range []string{attrSecretFormFields + "_version", attrSecretTaskdata + "_version", attrOverrideUser} {
		if p.Recorded != nil && p.isUnknown(attribute) {
			all = append(all, attribute)
		}
	}
	return all
}
