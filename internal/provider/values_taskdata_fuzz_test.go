// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// someTaskdata are values of each type of field (API.md §1.5), and values that are hard to encode.
var someTaskdata = []string{
	`{"f1":"vpc-0a1b2c","f2":"two\nlines","f3":"ops@example.com","f4":"2026-11-23 10:00:00"}`,
	`{"f1":{"id":3,"text":"Office 365","value":null},"f2":[{"id":1,"text":"Slack","selected":true},{"id":2,"text":"Zoom","selected":false}]}`,
	`{"f1":[["a","10.0.0.0/24"],["b",null]],"f2":{"users":[1001],"guests":["a@b.c"],"groups":[]},"f3":[{"id":"f1","filename":"vpc.png","url":"https://x.test/vpc.png"}]}`,
	`{"f1":null,"f2":"","f3":[],"f4":{}}`, `{"f1":[null],"f2":{"a":null},"f3":[[],[1]],"f4":[{"a":null},{"a":1}]}`, `{}`,
	`{"f1":1,"f2":1.0,"f3":1e6,"f4":-0,"f5":0.1,"f6":12345678901234567890,"f7":9007199254740993}`,
	`{"f1":1180591620717411303424,"f2":[0.1000000000000000055511151231257827021181583404541015625,0.5],"f3":1e308,"f4":1e-308,"f5":1e309}`,
	`{"f1":1e999999999}`, `{"f1":[{"a":-1e999999999}]}`,
	`{"":1}`, `{"a b":1}`, `{"a/b":1}`, `{"\u0000":"\ud800","ä":"\u2028"}`,
	`null`, `[]`, `[{"f1":1}]`, `"f1"`, `1`, `true`,
}

// FuzzTaskdata checks that the request contains the configured JSON, as objects and tuples or as
// maps and lists, before and after the encoding of the protocol. Values with an unknown part are
// not sent.
func FuzzTaskdata(f *testing.F) {
	for i, taskdata := range someTaskdata {
		f.Add([]byte(taskdata), uint(i))
	}
	f.Fuzz(func(t *testing.T, body []byte, hide uint) {
		want, ok := decoded(body)
		if !ok {
			return
		}
		infinite := false
		eachNumber(want, func(n json.Number) any {
			infinite = infinite || parsed(n).IsInf()
			return nil
		})
		for _, alike := range []bool{false, true} {
			all := encoder{alike: alike, hide: -1}
			value := all.value(want)
			checkTaskdata(t, value, want, infinite)
			checkTaskdata(t, asSent(t, value), asDoubles(want), infinite)
			checkTaskdata(t, asSentBefore18(t, value), asDoubles(want), infinite)
			if _, isObject := want.(map[string]any); !isObject || infinite {
				continue
			}
			part := encoder{alike: alike, hide: int(hide % uint(all.count))}
			value = part.value(want)
			checkUnknown(t, value)
			checkUnknown(t, asSent(t, value))
		}
	})
}

// checkTaskdata checks that value is sent as want or, if that is impossible, rejected. A plan must
// reject the same values.
func checkTaskdata(t *testing.T, value tftypes.Value, want any, infinite bool) {
	t.Helper()
	fields, isObject := want.(map[string]any)
	got, err := valuesOf(t.Context(), dynamic(t, value))
	switch {
	case want == nil:
		if got != nil || err != nil {
			t.Errorf("of nothing: %v, %v", got, err)
		}
	case !isObject || infinite:
		if got != nil || err == nil || errors.Is(err, errUnknown) {
			t.Errorf("of %s: %v, %v", value, got, err)
		}
	default:
		body, errBody := json.Marshal(got)
		sent, ok := decoded(body)
		if err != nil || got == nil || errBody != nil || !ok || !sameValues(asObject(sent), asObject(want)) {
			t.Errorf("of %s: %s, %v, %v", value, body, err, errBody)
		}
		eachNumber(sent, func(n json.Number) any {
			if exponent := parsed(n).MantExp(nil); strings.ContainsAny(n.String(), "eE") && exponent <= plainDigits && exponent >= -plainDigits {
				t.Errorf("a number was written as %s", n)
			}
			return nil
		})
	}
	valid := want == nil || isObject && !infinite
	for key := range fields {
		valid = valid && tallyfy.CheckID(key) == nil
	}
	var resp validator.DynamicResponse
	valuesRule{tallyfy.CheckID}.ValidateDynamic(t.Context(), validator.DynamicRequest{Path: path.Root("taskdata"), ConfigValue: dynamic(t, value)}, &resp)
	if resp.Diagnostics.HasError() == valid {
		t.Errorf("valid is %v, and the plan says: %v", valid, resp.Diagnostics)
	}
}

// checkUnknown checks that value counts as unknown, even if parts of it are known.
func checkUnknown(t *testing.T, value tftypes.Value) {
	t.Helper()
	if got, err := valuesOf(t.Context(), dynamic(t, value)); got != nil || !errors.Is(err, errUnknown) {
		t.Errorf("of %s: %v, %v", value, got, err)
	}
}

// sameValues reports whether an update from one configuration of form values to another sends
// nothing.
func sameValues(a, b map[string]any) bool {
	return !completion.Resends(completion.Desired{Taskdata: a}, completion.Desired{Taskdata: b})
}

// FuzzResends checks that equality does not depend on the types of Terraform, that it is
// symmetric, and that numbers of the same exact value are equal.
func FuzzResends(f *testing.F) {
	for _, taskdata := range someTaskdata {
		f.Add([]byte(taskdata), []byte(taskdata))
		f.Add([]byte(taskdata), []byte(someTaskdata[0]))
	}
	f.Add([]byte(`{"f1":1,"f2":[1e3]}`), []byte(`{"f2":[1000.0],"f1":1.0}`))
	f.Add([]byte(`{"f1":12345678901234567890}`), []byte(`{"f1":12345678901234567891}`))
	f.Add([]byte(`{"f1":null}`), []byte(`{}`))
	f.Add([]byte(`{"f1":[]}`), []byte(`{"f1":{}}`))
	f.Add([]byte(`{"f1":[1,2]}`), []byte(`{"f1":[2,1]}`))
	f.Add([]byte(`{"f1":"1"}`), []byte(`{"f1":1}`))
	f.Fuzz(func(t *testing.T, left, right []byte) {
		a, okA := decoded(left)
		b, okB := decoded(right)
		if !okA || !okB {
			return
		}
		_, isObject := a.(map[string]any)
		_, isObjectToo := b.(map[string]any)
		x, exactA := exactly(a)
		y, exactB := exactly(b)
		if !isObject || !isObjectToo || !exactA || !exactB {
			return
		}
		same := sameValues(asObject(a), asObject(b))
		if !sameValues(asObject(a), asObject(a)) || sameValues(asObject(b), asObject(a)) != same {
			t.Error("not an equality")
		}
		if reflect.DeepEqual(x, y) && !same {
			t.Error("what is equal is not the same")
		}
		recorded, err := valuesOf(t.Context(), dynamic(t, (&encoder{hide: -1}).value(a)))
		configured, errToo := valuesOf(t.Context(), dynamic(t, (&encoder{alike: true, hide: -1}).value(b)))
		if err != nil || errToo != nil || sameValues(recorded, configured) != same {
			t.Errorf("same is %v, and not as Terraform holds them: %v, %v", same, err, errToo)
		}
	})
}

// asObject returns the members of an object.
func asObject(v any) map[string]any {
	object, _ := v.(map[string]any)
	return object
}
