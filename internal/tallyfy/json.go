// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// jsonObject is a JSON object that is read leniently: a member of an unexpected type counts as
// missing, because the object grows and the sources disagree about its shape (API.md §2.1, §7).
type jsonObject map[string]json.RawMessage

// parseObject parses raw as an object. PHP encodes an empty one as [] (API.md §2). ok is false for
// null and for any other value.
func parseObject(raw json.RawMessage) (f jsonObject, ok bool) {
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

// unwrap returns the item in an envelope, or the object itself if it has none (API.md §2).
func unwrap(f jsonObject) jsonObject {
	if _, bare := f["id"]; bare {
		return f
	}
	if inner, ok := parseObject(f["data"]); ok {
		return inner
	}
	return f
}

// parseList parses raw as a list, with or without an envelope, and reports whether it is one.
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

// text returns a string, or a number as it is written, because IDs come as both; empty for anything
// else.
func (f jsonObject) text(name string) string {
	switch v := f.value(name).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// integer returns an integer that is written as a number or a string; 0 for anything else.
func (f jsonObject) integer(name string) int64 {
	if n := f.wholeNumber(name); n != nil {
		return *n
	}
	return 0
}

// wholeNumber is [jsonObject.integer] with nil for anything else.
func (f jsonObject) wholeNumber(name string) *int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(f.text(name)), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// number returns a finite number that is written as one or as a string; nil for anything else.
func (f jsonObject) number(name string) *float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(f.text(name)), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return nil
	}
	return &n
}

// boolean returns a Boolean that is written as one, or as 0 or 1; nil for anything else.
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

// raw returns the member as it was written; nil if it is missing or null.
func (f jsonObject) raw(name string) json.RawMessage {
	raw := bytes.TrimSpace(f[name])
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return json.RawMessage(raw)
}

// value decodes the member, with numbers as [json.Number]; nil if it is missing or null.
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
