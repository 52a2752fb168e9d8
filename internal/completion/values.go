// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// formValues are the configured values after they were resolved by the form of their task.
type formValues struct {
	// taskdata holds the known values by field ID, in the shape that is sent.
	taskdata map[string]any
	// labels are the labels of the fields that were given by name, by field ID.
	labels map[string]string
	// given holds the configured fields by ID. The value is false for a field that stays empty. A
	// value that is [Unknown] counts as one that fills the field.
	given map[string]bool
	// problems prevent the values from being sent, in the order of their keys.
	problems []Notice
	// emptied are the required fields that the configuration empties. emptiedAt points to the first
	// of them.
	emptied   []tallyfy.Field
	emptiedAt Notice
}

// hasValues reports whether values are configured. The task must then be read with its form.
func (d Desired) hasValues() bool {
	return len(d.Taskdata)+len(d.SecretTaskdata)+len(d.FormFields)+len(d.SecretFormFields) > 0
}

// byName reports whether values are given by field names, which only the form can resolve.
func (d Desired) byName() bool { return len(d.FormFields)+len(d.SecretFormFields) > 0 }

// values resolves the configured values by the form of the task, which must have one.
func (d Desired) values(task *tallyfy.Task) formValues {
	v := formValues{taskdata: map[string]any{}, labels: map[string]string{}, given: map[string]bool{}}
	v.resolveNames(task, d)
	v.resolveIDs(task, d)
	return v
}

// all returns the problems of the values, and one more for all required fields that they empty.
// empty are further required fields without a value.
func (v formValues) all(task *tallyfy.Task, empty []tallyfy.Field) []Notice {
	if len(v.emptied) == 0 {
		return v.problems
	}
	return append(v.problems, requiredEmptied(task, v.emptied, empty, v.emptiedAt))
}

// resolveIDs adds the values that are given by field ID.
func (v *formValues) resolveIDs(task *tallyfy.Task, want Desired) {
	given := merged(want.Taskdata, want.SecretTaskdata)
	for _, id := range slices.Sorted(maps.Keys(given)) {
		at := Notice{Attribute: attrTaskdata, Key: id}
		if _, secret := want.SecretTaskdata[id]; secret {
			at.Attribute = attrSecretTaskdata
		}
		field, known := fieldOf(task.Form, id)
		if !known {
			v.problems = append(v.problems, unknownField(task, at))
			continue
		}
		if _, twice := v.given[field.ID]; twice {
			at.Summary, at.Detail = "Form Field Is Set Twice", fmt.Sprintf("Two keys name the same field, %s. Keep one of them.", describeField(field))
			v.problems = append(v.problems, at)
			continue
		}
		v.set(task, field, at, given[id], checkShape)
	}
}

// set adds the value of a field in the shape that is sent. A value that does not fit, or that
// empties a required field, is a problem.
func (v *formValues) set(task *tallyfy.Task, field tallyfy.Field, at Notice, value any, shape func(tallyfy.Field, any) (any, string)) {
	v.given[field.ID] = true
	if _, later := value.(Unknown); later {
		return
	}
	shaped, wrong := shape(field, value)
	switch {
	case wrong != "":
		at.Summary = "Invalid Form Value"
		at.Detail = fmt.Sprintf("Field %q (%s) of %s %s", field.Label, field.Type, notice.Task(task), wrong)
		v.problems = append(v.problems, at)
		return
	case isEmpty(field, shaped):
		v.given[field.ID] = false
		if field.Required {
			if len(v.emptied) == 0 {
				v.emptiedAt = at
			}
			v.emptied = append(v.emptied, field)
		}
	}
	v.taskdata[field.ID] = shaped
}

// resolved returns what is wanted with all values in Taskdata, resolved by the form of the task.
// task is nil if the server does not show it. The error is a [*Failure] that describes the
// problems.
func (d Desired) resolved(task *tallyfy.Task) (Desired, error) {
	if !d.hasValues() {
		d.Taskdata = nil
		return d, nil
	}
	if task == nil || task.Form == nil {
		if d.byName() {
			return d, &Failure{Notice: formHidden(d)}
		}
		d.Taskdata = merged(d.Taskdata, d.SecretTaskdata)
		return d, nil
	}
	v := d.values(task)
	if problems := v.all(task, nil); len(problems) > 0 {
		for i := range problems {
			problems[i].Detail = notice.Paragraphs(problems[i].Detail, "Nothing was sent; the task is as it was. Fix the configuration, then "+d.Subject.again()+".")
		}
		return d, &Failure{Notice: problems[0], Others: problems[1:]}
	}
	d.Taskdata, d.labels, d.form = v.taskdata, v.labels, task.Form
	return d, nil
}

// secrets returns the texts in the write-only values, which must not appear in messages.
func (d Desired) secrets() []string {
	var texts []string
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				collect(element)
			}
		case map[string]any:
			for _, member := range v {
				collect(member)
			}
		case string:
			texts = append(texts, v)
		case fmt.Stringer: // a number
			texts = append(texts, v.String())
		}
	}
	for _, values := range []map[string]any{d.SecretTaskdata, d.SecretFormFields} {
		for _, value := range values {
			collect(value)
		}
	}
	return texts
}

// merged returns the union of two maps; b wins.
func merged(a, b map[string]any) map[string]any {
	all := make(map[string]any, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// fieldOf returns the field of a form with this ID, in any letter case.
func fieldOf(form []tallyfy.Field, id string) (field tallyfy.Field, known bool) {
	for _, field := range form {
		if strings.EqualFold(field.ID, id) {
			return field, true
		}
	}
	return tallyfy.Field{}, false
}

// difference holds the IDs of fields, sorted, that do not hold the wanted value: absent ones are
// empty or not part of the form, others hold another value. It has no values, because these may be
// secret.
type difference struct{ absent, other []string }

func (d difference) none() bool { return len(d.absent)+len(d.other) == 0 }

// compare compares held, the values that Tallyfy shows, with the wanted values. Other fields do not
// matter.
func (d Desired) compare(held map[string]any) difference {
	var diff difference
	for id, value := range d.Taskdata {
		field, _ := fieldOf(d.form, id)
		switch kept, rewritten := d.kept[id]; {
		case equal(field, value, held[id]), rewritten && equal(field, kept, held[id]):
		case isEmpty(field, held[id]):
			diff.absent = append(diff.absent, id)
		default:
			diff.other = append(diff.other, id)
		}
	}
	slices.Sort(diff.absent)
	slices.Sort(diff.other)
	return diff
}

// differentValues describes a difference, a line for each field.
func (d Desired) differentValues(diff difference) []string {
	var all []string
	for _, id := range diff.absent {
		all = append(all, d.fieldName(id)+" is empty or not part of the task's form")
	}
	for _, id := range diff.other {
		all = append(all, d.fieldName(id)+" holds another value")
	}
	return all
}

// fieldName names a field of the values for the user.
func (d Desired) fieldName(id string) string {
	if label := d.labels[id]; label != "" {
		return fmt.Sprintf("%s: field %q (%s)", d.attributeOf(id), label, id)
	}
	return fmt.Sprintf("%s: field %q", d.attributeOf(id), id)
}

// fieldNames names fields for the user.
func (d Desired) fieldNames(ids []string) []string {
	var names []string
	for _, id := range ids {
		names = append(names, d.fieldName(id))
	}
	return names
}

// attributeOf returns the attribute that sets a field.
func (d Desired) attributeOf(id string) string {
	for key := range d.SecretTaskdata {
		if strings.EqualFold(key, id) {
			return attrSecretTaskdata
		}
	}
	for key := range d.SecretFormFields {
		if fields := fieldsNamed(d.form, key); len(fields) == 1 && fields[0].ID == id {
			return attrSecretFormFields
		}
	}
	if d.byName() {
		return attrFormFields
	}
	return attrTaskdata
}

// attribute returns the attribute that sets these fields, or all fields if none are given. If there
// are several, it prefers one that is not write-only.
func (d Desired) attribute(ids ...string) string {
	if len(ids) == 0 {
		ids = slices.Collect(maps.Keys(d.Taskdata))
	}
	found := attrTaskdata
	for _, id := range ids {
		switch found = d.attributeOf(id); found {
		case attrTaskdata, attrFormFields:
			return found
		}
	}
	return found
}

func formHidden(want Desired) Notice {
	attribute, byID := attrFormFields, attrTaskdata
	if len(want.FormFields) == 0 {
		attribute, byID = attrSecretFormFields, attrSecretTaskdata
	}
	return Notice{
		Summary:   "Form Cannot Be Read",
		Attribute: attribute,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s sets fields by name, but Tallyfy does not show the form of %s, which has their IDs. Nothing was sent; the task is as it was.", attribute, notice.TaskRef(want.Task)),
			"Check organization_id, run_id and task_id and "+want.Subject.again()+", or set the values in "+byID+", by field ID."),
	}
}

func unknownField(task *tallyfy.Task, at Notice) Notice {
	var ids []string
	for _, field := range task.Form {
		ids = append(ids, field.ID)
	}
	at.Summary = "Unknown Form Field"
	at.Detail = notice.Paragraphs(
		fmt.Sprintf("The form of %s has no field with the ID %q. Tallyfy would drop its value with a 200 response.%s", notice.Task(task), at.Key, suggest(at.Key, ids)),
		listFields(task.Form),
		"The keys of taskdata are field IDs; form_fields accepts labels and aliases too.")
	return at
}

// requiredEmptied refuses values that empty required fields. empty are others that have no value.
func requiredEmptied(task *tallyfy.Task, emptied, empty []tallyfy.Field, at Notice) Notice {
	also := ""
	if len(empty) > 0 {
		also = "These are required too, and neither the configuration nor the task has a value for them:\n" + fieldLines(empty)
	}
	at.Summary = "Required Field Is Empty"
	at.Detail = notice.Paragraphs(
		fmt.Sprintf("The configuration empties fields of %s that are required, and Tallyfy rejects the completion of a task whose required fields are empty:\n%s",
			notice.Task(task), fieldLines(emptied)),
		also,
		"Give these fields values, or remove their keys to leave the fields as they are.")
	return at
}

// fieldLines lists fields, one a line.
func fieldLines(fields []tallyfy.Field) string {
	var lines []string
	for _, field := range fields {
		lines = append(lines, "  - "+describeField(field))
	}
	return strings.Join(lines, "\n")
}
