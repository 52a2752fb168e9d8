// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Values in this file are what encoding/json decodes with UseNumber: nil, bool, string, json.Number, []any, map[string]any.

// SameJSON tells whether a and b are the same JSON value. Numbers are compared by value, however they are written.
func SameJSON(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(a.String(), b.String())
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, SameJSON)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, value := range a {
			other, there := b[key]
			if !there || !SameJSON(value, other) {
				return false
			}
		}
		return true
	default:
		switch b.(type) {
		case json.Number, []any, map[string]any:
			return false
		}
		return a == b
	}
}

// precision is that of Terraform's own numbers, in bits.
const precision = 512

func sameNumber(a, b string) bool {
	x, _, errX := big.ParseFloat(a, 10, precision, big.ToNearestEven)
	y, _, errY := big.ParseFloat(b, 10, precision, big.ToNearestEven)
	return errX == nil && errY == nil && x.Cmp(y) == 0
}

// difference names the fields of want, sorted, that held does not hold: absent ones are unknown to the task's form or
// were cleared, others hold another value. Values are not named: they may be secret.
type difference struct{ absent, other []string }

func (d difference) none() bool { return len(d.absent)+len(d.other) == 0 }

// compare finds where held differs from want. What else held holds does not matter.
func compare(want, held map[string]any) difference {
	var d difference
	for id, value := range want {
		switch {
		case holds(value, held[id]):
		case isEmpty(held[id]):
			d.absent = append(d.absent, id)
		default:
			d.other = append(d.other, id)
		}
	}
	slices.Sort(d.absent)
	slices.Sort(d.other)
	return d
}

// holds tells whether held is what saving want makes of it. It is less strict than [SameJSON] where storing a value may
// change its form and not its meaning: surrounding space, a number kept as text, a date written in full, members that
// Tallyfy adds to an object, and all the ways to be empty (null, "", [] and {} clear a field, tallyfy-api §1.5).
func holds(want, held any) bool {
	if isEmpty(want) || isEmpty(held) {
		return isEmpty(want) && isEmpty(held)
	}
	switch want := want.(type) {
	case []any:
		held, ok := held.([]any)
		return ok && slices.EqualFunc(want, held, holds)
	case map[string]any:
		held, ok := held.(map[string]any)
		if !ok {
			return false
		}
		for key, value := range want {
			if !holds(value, held[key]) {
				return false
			}
		}
		return true
	default:
		a, isScalar := scalar(want)
		b, isScalarToo := scalar(held)
		return isScalar && isScalarToo && (a == b || sameNumber(a, b) || sameTime(a, b))
	}
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v), true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	}
	return "", false
}

// layouts are how Tallyfy's sources write times (tallyfy-api §1.5, §2.1). Those without a zone are UTC.
var layouts = []string{time.RFC3339Nano, time.DateTime, time.DateOnly}

// sameTime tells whether a and b write the same instant.
func sameTime(a, b string) bool {
	x, ok := instant(a)
	y, okToo := instant(b)
	return ok && okToo && x.Equal(y)
}

func instant(s string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
