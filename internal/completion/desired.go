// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// byName tells whether values are given by the names of fields, which only the form itself can resolve.
func (want Desired) byName() bool { return len(want.FormFields)+len(want.SecretFormFields) > 0 }

// resolved gives what is wanted with all values in Taskdata, by the form of the task that was observed. task is nil where the
// server does not show it. The error is a [*Failure] that says what is wrong with the values.
func (want Desired) resolved(task *tallyfy.Task) (Desired, error) {
	all := maps.Clone(orEmpty(want.Taskdata))
	maps.Copy(all, want.SecretTaskdata)
	if want.byName() {
		if task == nil || task.Form == nil {
			return want, &Failure{Notice: formHidden(want.Task)}
		}
		given := maps.Clone(orEmpty(want.FormFields))
		maps.Copy(given, want.SecretFormFields)
		found := resolve(task, given)
		if len(found.problems) > 0 {
			return want, &Failure{Notice: found.problems[0], Others: found.problems[1:]}
		}
		maps.Copy(all, found.taskdata)
		want.labels = found.labels
	}
	want.Taskdata = nil
	if len(all) > 0 {
		want.Taskdata = all
	}
	return want, nil
}

// values names the attribute that holds the values.
func (want Desired) values() string {
	if want.byName() {
		return attrFormFields
	}
	return attrTaskdata
}

// field names a field of the values to a person.
func (want Desired) field(id string) string {
	if label := want.labels[id]; label != "" {
		return fmt.Sprintf("%s: field %q (%s)", attrFormFields, label, id)
	}
	return fmt.Sprintf("%s: field %q", attrTaskdata, id)
}

// differentValues lists what keeps held values from being the wanted ones.
func (want Desired) differentValues(d difference) []string {
	var all []string
	for _, id := range d.absent {
		all = append(all, want.field(id)+" is empty or not part of the task's form")
	}
	for _, id := range d.other {
		all = append(all, want.field(id)+" holds another value")
	}
	return all
}

func formHidden(ref tallyfy.TaskRef) Notice {
	return Notice{
		Summary:   "Form Cannot Be Read",
		Attribute: attrFormFields,
		Detail: notice.Paragraphs(
			fmt.Sprintf("form_fields names fields as people do, and Tallyfy does not show the form of %s, which tells their ids. Nothing was sent; the task is as it was.", where(ref)),
			"Check organization_id, run_id and task_id and apply again, or give the values in taskdata by the ids of their fields."),
	}
}
