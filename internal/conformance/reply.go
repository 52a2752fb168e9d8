// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// reply is a response.
type reply struct {
	what   string // the request
	status int
	header http.Header
	raw    []byte
	body   any // decoded JSON with numbers as json.Number; nil if it is not JSON
}

// ok reports whether the status is 2xx.
func (r reply) ok() bool { return r.status >= 200 && r.status < 300 }

// mustBeOK returns an error for any other status.
func (r reply) mustBeOK() error {
	if r.ok() {
		return nil
	}
	return fmt.Errorf("%s: %s", r.what, r.outcome())
}

// data returns the object in the envelope, or the body if there is no envelope; never nil.
func (r reply) data() object {
	outer, _ := r.body.(object)
	if inner, ok := outer["data"].(object); ok {
		return inner
	}
	if outer == nil {
		return object{}
	}
	return outer
}

// rows returns the items of a list.
func (r reply) rows() []object {
	outer, _ := r.body.(object)
	list, ok := outer["data"].([]any)
	if !ok {
		list, _ = r.body.([]any)
	}
	return objects(list)
}

// hasRow reports whether a list has an item.
func (r reply) hasRow(id string) bool {
	return slices.ContainsFunc(r.rows(), func(row object) bool { return row["id"] == id })
}

// isWhole reports whether a list says nothing of more items than it has.
func (r reply) isWhole() bool {
	pagination := r.pagination()
	total, _ := pagination["total"].(json.Number)
	number, err := total.Int64()
	return pagination["has_more"] != true && (err != nil || number <= int64(len(r.rows())))
}

// pagination returns meta.pagination; nil if there is none.
func (r reply) pagination() object {
	outer, _ := r.body.(object)
	meta, _ := outer["meta"].(object)
	pagination, _ := meta["pagination"].(object)
	return pagination
}

// outcome returns the status and, for an error, what the body says.
func (r reply) outcome() string {
	if r.ok() {
		return fmt.Sprint(r.status)
	}
	return strings.TrimRight(fmt.Sprintf("%d %s", r.status, r.message()), " ")
}

// message returns the words of an error, with its code if it has one.
func (r reply) message() string {
	body, ok := r.body.(object)
	if !ok {
		return shorten(strings.Join(strings.Fields(string(r.raw)), " "), 60)
	}
	text, _ := body["message"].(string)
	if text == "" {
		text, _ = body["error"].(string)
	}
	if code, ok := body["code"].(string); ok && code != "" {
		text += " (" + code + ")"
	}
	if text == "" {
		text = "an object with " + strings.Join(keys(body), ", ")
	}
	return text
}

// errNoID means that a creation does not say what it created.
var errNoID = errors.New("the response has no ID")

// id returns the ID of the object in the envelope.
func (r reply) id() (string, error) {
	if id, ok := r.data()["id"].(string); ok && id != "" {
		return id, nil
	}
	return "", fmt.Errorf("%s: %w", r.what, errNoID)
}

func objects(list []any) []object {
	var all []object
	for _, item := range list {
		if o, ok := item.(object); ok {
			all = append(all, o)
		}
	}
	return all
}

// formFieldsOf returns the entries of the include form_fields, and whether it is wrapped in an
// envelope.
func formFieldsOf(task object) (entries []object, wrapped bool) { return included(task, "form_fields") }

// included returns the entries of an include, and whether it is wrapped in an envelope.
func included(task object, name string) (entries []object, wrapped bool) {
	switch include := task[name].(type) {
	case object:
		list, _ := include["data"].([]any)
		return objects(list), true
	case []any:
		return objects(include), false
	default:
		return nil, false
	}
}

// kindOf returns the JSON type of a value in words.
func kindOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "[]"
	default:
		return "{}"
	}
}
