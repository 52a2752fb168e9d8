// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// Desired is what a configuration declares: this task is completed, with this decision and these values.
type Desired struct {
	// Task says where the task is. Without a run it is looked for in the whole organization.
	Task tallyfy.TaskRef
	// IsApproved is the decision on an approval; nil if none is declared.
	IsApproved *bool
	// Taskdata holds values by field ID, as encoding/json decodes them with UseNumber.
	Taskdata map[string]any
	// FormFields holds plain values by the label, alias or ID of their field. They become taskdata once the form is known.
	FormFields map[string]any
	// SecretTaskdata and SecretFormFields are sent like the others. They are not recorded, so that only their version shows
	// whether they changed; nil for none.
	SecretTaskdata, SecretFormFields               map[string]any
	SecretTaskdataVersion, SecretFormFieldsVersion *int64
	// OverrideUser is the user to record as the completer; nil for the owner of the token.
	OverrideUser *int64

	// form is the form that Taskdata was resolved by, and labels are those of its fields that were given by name.
	form   []tallyfy.Field
	labels map[string]string
	// kept are values that Tallyfy keeps in another form than they were sent in, by the ID of their field.
	kept map[string]any
}

// Resends reports whether going from one desired state to another may send a completion: the decision, the values or the
// completer changed. Where only the form can say whether two values are equal, they have changed.
func Resends(before, want Desired) bool { return len(changesOf(before, want)) > 0 }

// change is an attribute that an update changes, and the keys of its elements that differ; none if all of it does.
type change struct {
	attribute string
	keys      []string
}

// changesOf lists what may send a completion, in the order in which people name it.
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
