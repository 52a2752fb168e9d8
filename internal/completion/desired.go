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
func Resends(before, want Desired) bool {
	return !sameOption(before.IsApproved, want.IsApproved) ||
		!sameOption(before.OverrideUser, want.OverrideUser) ||
		!sameOption(before.SecretTaskdataVersion, want.SecretTaskdataVersion) ||
		!sameOption(before.SecretFormFieldsVersion, want.SecretFormFieldsVersion) ||
		!SameValues(before.Taskdata, want.Taskdata) ||
		!SameValues(before.FormFields, want.FormFields)
}

// sameOption reports whether two optional values are equal.
func sameOption[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
