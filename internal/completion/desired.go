// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// Desired is the completion that a configuration declares: the task, the decision and the values.
type Desired struct {
	// Task locates the task. Without a run, Tallyfy searches the whole organization.
	Task tallyfy.TaskRef
	// IsApproved is the decision on an approval; nil if none is declared.
	IsApproved *bool
	// Taskdata holds values by field ID, as encoding/json decodes them with UseNumber.
	Taskdata map[string]any
	// FormFields holds plain values by the label, alias or ID of their field. They become taskdata
	// when the form is known.
	FormFields map[string]any
	// SecretTaskdata and SecretFormFields are sent like the others, and are not recorded. Only
	// their versions show whether they changed; nil for none.
	SecretTaskdata, SecretFormFields               map[string]any
	SecretTaskdataVersion, SecretFormFieldsVersion *int64
	// Subject is what messages about this completion are written for.
	Subject Subject
	// OverrideUser is the ID of the user to record as the completer; nil for the owner of the
	// token.
	OverrideUser *int64

	// form is the form by which Taskdata was resolved. labels maps the IDs of fields that were
	// given by name to their labels.
	form   []tallyfy.Field
	labels map[string]string
	// kept are the values that Tallyfy stores in a different form from the one that was sent, by
	// field ID.
	kept map[string]any
}

// Resends reports whether an update from one desired state to another may send a completion: the
// decision, the values or the completer changed. Values that only the form can compare count as
// changed.
func Resends(before, want Desired) bool { return len(changesOf(before, want)) > 0 }

// change is an attribute that an update changes. keys are the elements that differ; empty if the
// whole attribute does.
type change struct {
	attribute string
	keys      []string
}

// changesOf lists the changes that may send a completion, most important first.
func changesOf(before, want Desired) []change {
	var all []change
	option := func(attribute string, same bool) {
		if !same {
			all = append(all, change{attribute: attribute})
		}
	}
	values := func(attribute string, before, want map[string]any) {
		if keys := differentKeys(before, want); len(keys) > 0 {
			all = append(all, change{attribute, keys})
		}
	}
	option(attrIsApproved, sameOption(before.IsApproved, want.IsApproved))
	values(attrFormFields, before.FormFields, want.FormFields)
	values(attrTaskdata, before.Taskdata, want.Taskdata)
	option(attrSecretFormFields+"_version", sameOption(before.SecretFormFieldsVersion, want.SecretFormFieldsVersion))
	option(attrSecretTaskdata+"_version", sameOption(before.SecretTaskdataVersion, want.SecretTaskdataVersion))
	option(attrOverrideUser, sameOption(before.OverrideUser, want.OverrideUser))
	return all
}

// sameOption reports whether two optional values are equal.
func sameOption[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
