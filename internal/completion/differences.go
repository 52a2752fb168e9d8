// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// differences describes how held, the values of a task, differs from the wanted values, a line for
// each field. For fields with options it names the chosen options, because these are part of the
// form. It never repeats other values or write-only choices, because they may be secret.
func (d Desired) differences(held map[string]any) []string {
	diff := d.compare(held)
	all := d.differentValues(difference{absent: diff.absent})
	for _, id := range diff.other {
		field, _ := fieldOf(d.form, id)
		has, known := chosenTexts(field, held[id])
		wanted, knownToo := chosenTexts(field, d.Taskdata[id])
		if known && knownToo && !d.isSecret(field) {
			all = append(all, fmt.Sprintf("%s holds %s, and the configuration says %s", d.fieldName(id), has, wanted))
			continue
		}
		all = append(all, d.differentValues(difference{other: []string{id}})...)
	}
	return all
}

// chosenTexts returns the texts of the options that a value chooses, in quotes. known is false
// unless all of them are options of the form.
func chosenTexts(field tallyfy.Field, value any) (texts string, known bool) {
	var chosen []choice
	switch field.Type {
	case "radio", "dropdown":
		chosen = []choice{choiceOf(field, value)}
	case "multiselect":
		chosen = selected(field, value)
	}
	var quoted []string
	for _, c := range chosen {
		option, ok := fieldOption(field, c)
		if !ok {
			return "", false
		}
		quoted = append(quoted, fmt.Sprintf("%q", option.Text))
	}
	return strings.Join(quoted, ", "), len(quoted) > 0
}

func fieldOption(field tallyfy.Field, c choice) (tallyfy.Option, bool) {
	for _, option := range field.Options {
		if tallyfy.NormalizeName(option.Text) == c.text {
			return option, true
		}
	}
	return tallyfy.Option{}, false
}

// isSecret reports whether the value of a field is configured in a write-only attribute.
func (d Desired) isSecret(field tallyfy.Field) bool {
	for key := range d.SecretFormFields {
		for _, is := range fieldsNamed(d.form, key) {
			if is.ID == field.ID {
				return true
			}
		}
	}
	for key := range d.SecretTaskdata {
		if strings.EqualFold(key, field.ID) {
			return true
		}
	}
	return false
}
