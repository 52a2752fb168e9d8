// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file compares two values of a field: for a plan, before a completion is sent, after values
// are saved, and when a completion is adopted. Values are what encoding/json decodes with
// UseNumber: nil, bool, string, json.Number, []any, map[string]any.

// equal reports whether held, a value that Tallyfy shows, is equal to want, a configured value, in
// a field of this type (API.md §1.5). The zero Field stands for an unknown field, whose values are
// compared by shape alone.
func equal(field tallyfy.Field, want, held any) bool {
	if isEmpty(field, want) || isEmpty(field, held) {
		return isEmpty(field, want) && isEmpty(field, held)
	}
	switch field.Type {
	case "email":
		return sameEmail(want, held)
	case "date":
		return sameDate(want, held)
	case "radio", "dropdown":
		return choiceOf(field, want).equal(choiceOf(field, held))
	case "multiselect":
		return sameSet(selected(field, want), selected(field, held), choice.equal)
	case "assignees_form":
		return sameAssignees(want, held)
	case "table":
		return slices.EqualFunc(entriesOf(field, want), entriesOf(field, held), sameJSON)
	case "file":
		return sameSet(elements(want), elements(held), sameFile)
	}
	return sameJSON(want, held)
}

// isEmpty reports whether a value leaves its field empty.
func isEmpty(field tallyfy.Field, v any) bool {
	switch field.Type {
	case "multiselect":
		return !slices.ContainsFunc(elements(v), isSelected)
	case "dropdown", "radio":
		c, isObject := v.(map[string]any)
		return isObject && choiceOf(field, c) == choice{} || isBlank(v)
	case "table":
		return !slices.ContainsFunc(entriesOf(field, v), func(entry any) bool { return !isBlank(entry) })
	}
	return isBlank(v)
}

// isBlank reports whether a value is empty: null, "" and [] clear a field (API.md §1.5), and so
// does {}, which PHP decodes as []. An object with only blank members is empty too, such as the
// three buckets of assignees.
func isBlank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return normalizeText(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, member := range v {
			if !isBlank(member) {
				return false
			}
		}
		return true
	}
	return false
}

// normalizeText returns the form in which texts are compared: NFC, with LF line ends, without a
// byte order mark and surrounding whitespace. All other differences count: "1.30" is not "1.3", and
// "012" is not "12".
func normalizeText(s string) string {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "\r\n", "\n")
	return strings.TrimSpace(norm.NFC.String(s))
}

// textOf returns a scalar as text; ok is false for other values.
func textOf(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return normalizeText(v), true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// sameScalar reports whether two scalars are equal: two numbers by value, and other scalars by
// their text.
func sameScalar(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, isNumberToo := b.(json.Number)
	if isNumber && isNumberToo {
		return sameNumber(x.String(), y.String())
	}
	textA, ok := textOf(a)
	textB, okToo := textOf(b)
	return ok && okToo && textA == textB
}

// NumberPrecision is the precision of Terraform's numbers, in bits.
const NumberPrecision = 512

// sameNumber reports whether two numbers have the same value in any notation.
func sameNumber(a, b string) bool {
	x, _, errX := big.ParseFloat(a, 10, NumberPrecision, big.ToNearestEven)
	y, _, errY := big.ParseFloat(b, 10, NumberPrecision, big.ToNearestEven)
	return errX == nil && errY == nil && x.Cmp(y) == 0
}

// sameJSON reports whether held contains want, for a field of any type. Lists are compared in
// order. Objects may have additional members, because Tallyfy adds some.
func sameJSON(want, held any) bool {
	if isBlank(want) || isBlank(held) {
		return isBlank(want) && isBlank(held)
	}
	switch want := want.(type) {
	case []any:
		held, ok := held.([]any)
		return ok && slices.EqualFunc(want, held, sameJSON)
	case map[string]any:
		held, ok := held.(map[string]any)
		if !ok {
			return false
		}
		for key, value := range want {
			if !sameJSON(value, held[key]) {
				return false
			}
		}
		return true
	}
	return sameScalar(want, held)
}

// differentKeys returns the keys, sorted, that only one of two configurations of form values has,
// or whose values differ, as far as that is known without the form: whatever the types of the
// fields are. The order of a list counts, because it matters in a table.
func differentKeys(a, b map[string]any) []string {
	var keys []string
	for key := range merged(a, b) {
		x, inA := a[key]
		y, inB := b[key]
		if !inA || !inB || !sameJSON(x, y) || !sameJSON(y, x) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func sameEmail(want, held any) bool {
	a, ok := textOf(want)
	b, okToo := textOf(held)
	return ok && okToo && strings.EqualFold(a, b)
}

func sameDate(want, held any) bool {
	a, ok := textOf(want)
	b, okToo := textOf(held)
	return ok && okToo && sameTime(a, b)
}

// sameSet reports whether each element of either list is in the other.
func sameSet[T any](a, b []T, same func(T, T) bool) bool {
	within := func(list []T, other T) bool {
		return slices.ContainsFunc(list, func(element T) bool { return same(element, other) })
	}
	return !slices.ContainsFunc(a, func(element T) bool { return !within(b, element) }) &&
		!slices.ContainsFunc(b, func(element T) bool { return !within(a, element) })
}

// elements returns the elements of a list. Any other value is its own only element.
func elements(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
