// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"strings"
	"testing"
)

// parse decodes JSON as the engine gets it.
func parse(t *testing.T, s string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestSameJSONAndHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want, held  string
		same, holds bool
	}{
		{`"a"`, `"a"`, true, true},
		{`"a"`, `"b"`, false, false},
		{`"a"`, `" a\n"`, false, true},
		{`1`, `1.0`, true, true},
		{`1e3`, `1000`, true, true},
		{`12345678901234567890`, `12345678901234567891`, false, false},
		{`0.1`, `0.10`, true, true},
		{`5`, `"5"`, false, true},
		{`"5"`, `"5.0"`, false, true},
		{`true`, `true`, true, true},
		{`true`, `1`, false, true},
		{`true`, `false`, false, false},
		{`false`, `null`, false, false},
		{`0`, `null`, false, false},
		{`null`, `""`, false, true},
		{`null`, `null`, true, true},
		{`""`, `[]`, false, true},
		{`"x"`, `null`, false, false},
		{`null`, `"x"`, false, false},
		{`[1,2]`, `[1,2]`, true, true},
		{`[1,2]`, `[2,1]`, false, false},
		{`[1]`, `[1,2]`, false, false},
		{`{"a":1}`, `{"a":1.0}`, true, true},
		{`{"a":1}`, `{"a":1,"b":2}`, false, true},
		{`{"a":1,"b":2}`, `{"a":1}`, false, false},
		{`{"a":1,"b":null}`, `{"a":1}`, false, true},
		{`{"id":3,"text":"x"}`, `{"id":"3","text":"x","value":null}`, false, true},
		{`"2026-11-23"`, `"2026-11-23T00:00:00.000Z"`, false, true},
		{`"2026-11-23 10:00:00"`, `"2026-11-23T12:00:00+02:00"`, false, true},
		{`"2026-11-23"`, `"2026-11-24"`, false, false},
		{`{"a":1}`, `[1]`, false, false},
		{`[]`, `{}`, false, true},
		{`"a"`, `["a"]`, false, false},
		{`"a"`, `{"a":1}`, false, false},
		{`1e999999999`, `1e999999999`, true, true},
	} {
		want, held := parse(t, c.want), parse(t, c.held)
		if got := SameJSON(want, held); got != c.same {
			t.Errorf("%s and %s: same is %v", c.want, c.held, got)
		}
		if got := SameJSON(held, want); got != c.same {
			t.Errorf("%s and %s, the other way: same is %v", c.want, c.held, got)
		}
		if got := holds(want, held); got != c.holds {
			t.Errorf("%s in %s: holds is %v", c.want, c.held, got)
		}
	}
}

func TestCompareNamesFields(t *testing.T) {
	t.Parallel()
	d := compare(
		map[string]any{"gone": "x", "also": "y", "other": "1", "right": "2", "cleared": nil},
		map[string]any{"other": "2", "right": "2", "more": "3"})
	if strings.Join(d.absent, ",") != "also,gone" || strings.Join(d.other, ",") != "other" || d.none() {
		t.Errorf("got %+v", d)
	}
}
