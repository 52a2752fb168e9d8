// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Reasons why a 2xx does not show the task.
var (
	errEmpty       = errors.New("the response is empty")
	errTruncated   = errors.New("the response broke off")
	errPlainText   = errors.New("the response is plain text")
	errNoTask      = errors.New("the response is JSON that is not a task")
	errAnotherTask = errors.New("the response is about another task")
)

// statuses are the values of status by which a response without an ID is still recognized as a task
// (API.md §2.2).
var statuses = []string{"not-started", "in-progress", "auto-skipped", "skipped", "active", "incomplete", "completed", "complete"}

// unreadable is the error of a 2xx that does not show the task.
type unreadable struct {
	reason error
	// message is what the response says instead.
	message string
	// genuine reports whether the response can be Tallyfy's: it is empty, or what there is of it
	// looks like a task's JSON. Any other response was written by a proxy or a sign-in page, and
	// the request may not have reached Tallyfy.
	genuine bool
	// truncated reports whether the response ended too early.
	truncated bool
}

func (u *unreadable) Error() string { return u.reason.Error() }
func (u *unreadable) Unwrap() error { return u.reason }

// envelope parses a response that is one object. notThis is the error for other JSON.
func envelope(body []byte, notThis error) (jsonObject, error) {
	if problem := notJSON(&response{body: body, redact: noRedaction}); problem != nil {
		return nil, problem
	}
	outer, ok := parseObject(body)
	if !ok {
		return nil, notThis
	}
	return unwrap(outer), nil
}

// readTask parses the response to a request for the task with this ID. Its body may be incomplete.
// A response about another object is an error; letter case does not count. Any error is an
// [*unreadable].
func readTask(got *response, id string) (*Task, error) {
	if problem := notJSON(got); problem != nil {
		return nil, problem
	}
	outer, _ := parseObject(got.body)
	f := unwrap(outer)
	t := taskFrom(f)
	switch {
	case t.ID == "" && (hasValue(f, "error", "errors") || t.CompletedAt == "" && !slices.Contains(statuses, t.Status)):
		return nil, &unreadable{reason: errNoTask, message: messageOf(got), genuine: isBareEnvelope(outer)}
	case t.ID != "" && !strings.EqualFold(t.ID, id):
		return nil, &unreadable{reason: errAnotherTask, message: messageOf(got)}
	}
	t.ID = id
	return t, nil
}

// notJSON returns what a body that is not JSON is; nil for JSON. A body that was cut after its last
// brace is complete.
func notJSON(got *response) *unreadable {
	body, cut := bytes.TrimSpace(got.body), got.readErr
	switch {
	case errors.Is(cut, errTooLong):
		return &unreadable{reason: cut, message: pageTitle(body, got.redact)}
	case len(body) == 0 && cut != nil:
		return &unreadable{reason: cut, genuine: true, truncated: true}
	case len(body) == 0:
		return &unreadable{reason: errEmpty, genuine: true}
	case body[0] == '<':
		message, _ := serverMessage(body, got.redact)
		return &unreadable{reason: fmt.Errorf("the response is %s", message), message: pageTitle(body, got.redact), truncated: cut != nil}
	case json.Valid(body) && (cut == nil || body[0] == '{'):
		return nil
	}
	message, _ := serverMessage(body, got.redact)
	switch keys, incomplete := topLevelKeys(body); {
	case incomplete && slices.ContainsFunc(keys, isErrorKey):
		return &unreadable{reason: errNoTask, message: message, truncated: true}
	case incomplete && cut != nil:
		return &unreadable{reason: cut, genuine: true, truncated: true}
	case incomplete:
		return &unreadable{reason: errTruncated, genuine: true, truncated: true}
	case body[0] == '[' || json.Valid(body):
		return &unreadable{reason: errNoTask, message: message, truncated: cut != nil}
	}
	return &unreadable{reason: errPlainText, message: message, truncated: cut != nil}
}

// topLevelKeys returns the complete keys of an object that ends too early, and whether it is one.
func topLevelKeys(body []byte) (keys []string, incomplete bool) {
	if body[0] != '{' {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	for depth, isKey := 0, false; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return keys, true
		case err != nil:
			return nil, false
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			isKey = depth == 1
			continue
		case json.Delim('}'), json.Delim(']'):
			if depth--; depth == 0 { // and something follows
				return nil, false
			}
		}
		if depth != 1 {
			continue
		}
		if key, ok := token.(string); ok && isKey {
			keys = append(keys, key)
			isKey = false
			continue
		}
		isKey = true
	}
}

// isErrorKey reports whether only errors have the key (API.md §3.2).
func isErrorKey(key string) bool { return key == "error" || key == "errors" || key == "message" }

// hasValue reports whether one of the members is not null, false or empty.
func hasValue(f jsonObject, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		switch v := f.value(name).(type) {
		case nil:
			return false
		case bool:
			return v
		case string:
			return v != ""
		case []any:
			return len(v) > 0
		case map[string]any:
			return len(v) > 0
		}
		return true
	})
}

// isBareEnvelope reports whether the object is an envelope with nothing in it and nothing beside
// it: a response without its task.
func isBareEnvelope(outer jsonObject) bool {
	data, there := outer["data"]
	if !there || len(outer) != 1 {
		return false
	}
	inner, ok := parseObject(data)
	return ok && len(inner) == 0 || outer.raw("data") == nil
}

// messageOf returns the error message in a JSON response (API.md §3.2), and nothing for a list.
func messageOf(got *response) string {
	if trimmed := bytes.TrimSpace(got.body); len(trimmed) > 0 && trimmed[0] == '[' {
		return ""
	}
	message, _ := serverMessage(got.body, got.redact)
	return message
}
