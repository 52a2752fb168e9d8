// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"bytes"
	"encoding/json"
	"mime"
	"strings"
)

// decodeInput parses a JSON object, and returns a note if it cannot. UNK what the
// API does with anything else: its framework sees no input at all, so that required
// inputs are missing and others are ignored.
func decodeInput(contentType string, body []byte) (object, string) {
	if len(bytes.TrimSpace(body)) == 0 {
		return object{}, ""
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil || (mediaType != "application/json" && !strings.HasSuffix(mediaType, "+json")) {
		return object{}, "body ignored: Content-Type is not JSON"
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var input object
	if err := decoder.Decode(&input); err != nil || input == nil || decoder.More() {
		return object{}, "body ignored: not a JSON object"
	}
	return input, ""
}

// isEmpty reports whether the framework treats an input as missing: null, "", and
// the empty array that stands for [] and {}.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case object:
		return len(v) == 0
	default:
		return false
	}
}

// asBool parses the values that the framework accepts as a Boolean.
func asBool(value any) (b, ok bool) {
	switch value {
	case true, json.Number("1"), "1":
		return true, true
	case false, json.Number("0"), "0":
		return false, true
	default:
		return false, false
	}
}

// asInteger parses an integer that is a number or a string.
func asInteger(value any) (int64, bool) {
	number, ok := value.(json.Number)
	if text, isText := value.(string); isText {
		number, ok = json.Number(text), true
	}
	if !ok {
		return 0, false
	}
	id, err := number.Int64()
	return id, err == nil
}
