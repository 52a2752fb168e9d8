// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// fields is a JSON object as Tallyfy sends it, read leniently: a field of an unexpected type counts as not told,
// since the object grows and its sources disagree on shapes (API.md §2.1, §7).
type jsonObject map[string]json.RawMessage

// object reads raw as an object. PHP sends an empty one as [] (API.md §2); told is false for null and for anything else.
func parseObject(raw json.RawMessage) (f jsonObject, told bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, false
	}
	switch raw[0] {
	case '{':
		if json.Unmarshal(raw, &f) != nil {
			return nil, false
		}
		return f, true
	case '[':
		var elements []json.RawMessage
		if json.Unmarshal(raw, &elements) != nil || len(elements) > 0 {
			return nil, false
		}
		return jsonObject{}, true
	}
	return nil, false
}

// unwrap takes the item out of its envelope, or leaves it as it is where there is none (API.md §2).
func unwrap(f jsonObject) jsonObject {
	if _, bare := f["id"]; bare {
		return f
	}
	if inner, told := parseObject(f["data"]); told {
		return inner
	}
	return f
}

// list reads raw as a list, in an envelope or not, and tells whether it is one.
func parseList(raw json.RawMessage) ([]json.RawMessage, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '{' {
		f, _ := parseObject(raw)
		raw = bytes.TrimSpace(f["data"])
	}
	var elements []json.RawMessage
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &elements) != nil {
		return nil, false
	}
	return elements, true
}

// text reads a string, or a number as it is written: ids come as both. Empty where there is neither.
func (f jsonObject) text(name string) string {
	switch v := f.value(name).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// whole reads a whole number, given as a number or a string; 0 where there is none.
func (f jsonObject) integer(name string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(f.text(name)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// flag reads a bool, given as one or as 0 and 1; nil where there is none.
func (f jsonObject) boolean(name string) *bool {
	switch v := f.value(name).(type) {
	case bool:
		return &v
	default:
		switch f.text(name) {
		case "0":
			return new(false)
		case "1":
			return new(true)
		}
	}
	return nil
}

// raw is the field as it was written; nil if it is absent or null.
func (f jsonObject) raw(name string) json.RawMessage {
	raw := bytes.TrimSpace(f[name])
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return json.RawMessage(raw)
}

// value decodes the field as it is, numbers in their own digits; nil where it is absent or null.
func (f jsonObject) value(name string) any { return decode(f[name]) }

func decode(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return nil
	}
	return v
}
