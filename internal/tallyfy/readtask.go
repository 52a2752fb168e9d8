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

// Reasons why a 2xx shows no task.
var (
	errEmpty       = errors.New("the response is empty")
	errTruncated   = errors.New("the response broke off")
	errPlainText   = errors.New("the response is plain text")
	errNoTask      = errors.New("the response is JSON that is not a task")
	errAnotherTask = errors.New("the response is about another task")
)

// statuses are the words that an answer without an id is still known as a task by (API.md §2.2).
var statuses = []string{"not-started", "in-progress", "auto-skipped", "skipped", "active", "incomplete", "completed", "complete"}

// unreadable is the error of a 2xx that shows no task.
type unreadable struct {
	reason error
	// words are what the response says instead.
	message string
	// genuine reports whether it can be Tallyfy's all the same: it is empty, or what there is of it looks like a task's JSON. Anything
	// else was written by a proxy or a sign-in page, and the request need not have reached Tallyfy.
	genuine bool
	// brokeOff reports whether it ended in the middle.
	truncated bool
}

func (u *unreadable) Error() string { return u.reason.Error() }
func (u *unreadable) Unwrap() error { return u.reason }

// envelope reads a response that is one object. notThis is the error for JSON that is something else.
func envelope(body []byte, notThis error) (jsonObject, error) {
	if problem := notJSON(&response{body: body, redact: noRedaction}); problem != nil {
		return nil, problem
	}
	outer, told := parseObject(body)
	if !told {
		return nil, notThis
	}
	return unwrap(outer), nil
}

// readTask reads the response to a request for one task. id is the task asked for, so that another object is not taken for it; letter
// case does not count. Any error is an [*unreadable].
func readTask(body []byte, id string) (*Task, error) {
	return readTaskOf(&response{body: body, redact: noRedaction}, id)
}

// readTaskOf is readTask for a response whose body may be cut.
func readTaskOf(got *response, id string) (*Task, error) {
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

// notJSON says what a body is that is not JSON; nil for JSON. A body that was cut after its last brace is whole.
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
		said, _ := serverMessage(body, got.redact)
		return &unreadable{reason: fmt.Errorf("the response is %s", said), message: pageTitle(body, got.redact), truncated: cut != nil}
	case json.Valid(body) && (cut == nil || body[0] == '{'):
		return nil
	}
	said, _ := serverMessage(body, got.redact)
	switch keys, incomplete := topLevelKeys(body); {
	case incomplete && slices.ContainsFunc(keys, isErrorKey):
		return &unreadable{reason: errNoTask, message: said, truncated: true}
	case incomplete && cut != nil:
		return &unreadable{reason: cut, genuine: true, truncated: true}
	case incomplete:
		return &unreadable{reason: errTruncated, genuine: true, truncated: true}
	case body[0] == '[' || json.Valid(body):
		return &unreadable{reason: errNoTask, message: said, truncated: cut != nil}
	}
	return &unreadable{reason: errPlainText, message: said, truncated: cut != nil}
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

// isErrorKey reports whether a key is one that only an error has (API.md §3.2).
func isErrorKey(key string) bool { return key == "error" || key == "errors" || key == "message" }

// isTold reports whether one of the fields says something: it is not null, false or empty.
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

// isBareEnvelope reports whether there is an envelope with nothing in it, and nothing beside it: a response whose task was left out.
func isBareEnvelope(outer jsonObject) bool {
	data, there := outer["data"]
	if !there || len(outer) != 1 {
		return false
	}
	inner, told := parseObject(data)
	return told && len(inner) == 0 || outer.raw("data") == nil
}

// messageOf returns what JSON says in the way of an error (API.md §3.2), and nothing for a list.
func messageOf(got *response) string {
	if trimmed := bytes.TrimSpace(got.body); len(trimmed) > 0 && trimmed[0] == '[' {
		return ""
	}
	said, _ := serverMessage(got.body, got.redact)
	return said
}
