// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// answer is what a request gets, and the note for the journal.
type answer struct {
	status  int
	header  http.Header
	body    any
	encoded []byte // body as JSON, once sealed
	note    string
}

// sealed is the answer ready to be written. Bodies refer to tasks, so this has
// to happen before the lock is given up.
func (a answer) sealed() answer {
	encoded, err := json.Marshal(a.body)
	if err != nil { // A test has put something into Task.ChangedByRules that JSON cannot hold.
		return failure(http.StatusInternalServerError, err.Error(), "failed: the answer cannot be encoded").sealed()
	}
	a.encoded = encoded
	return a
}

func (a answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.encoded) // A client that left is no matter of ours.
}

// object is a JSON object.
type object = map[string]any

// data is the envelope of a single item (API.md §2).
func data(item object, note string) answer {
	return answer{status: http.StatusOK, body: object{"data": item}, note: note}
}

// endpointNotFound is the 404 for a path that does not exist, which is a
// mistake in the base URL rather than a missing task (API.md §3.2).
func endpointNotFound(note string) answer {
	return answer{
		status: http.StatusNotFound,
		body:   object{"error": true, "message": "API endpoint not found", "code": "ENDPOINT_NOT_FOUND"},
		note:   note,
	}
}

// resourceNotFound is the 404 for an object that the path does not lead to.
func resourceNotFound(note string) answer {
	return answer{
		status: http.StatusNotFound,
		body:   object{"error": true, "message": "Resource not found", "code": "RESOURCE_NOT_FOUND"},
		note:   note,
	}
}

// codeLength is where the API cuts a code that it makes from a message.
const codeLength = 25

// failure is the generic error, whose code is made from the message
// (API.md §3.2).
func failure(status int, message, note string) answer {
	code := strings.ReplaceAll(strings.ToUpper(message), " ", "_")
	return answer{
		status: status,
		body:   object{"error": true, "message": message, "code": code[:min(len(code), codeLength)]},
		note:   note,
	}
}

// unauthenticated is Laravel's own 401.
func unauthenticated() answer {
	return answer{
		status: http.StatusUnauthorized,
		body:   object{"message": "Unauthenticated."},
		note:   "refused: no token, or not the right one",
	}
}

// oauthError is the form that refusals of token requests have (API.md
// §3.2).
func oauthError(status int, word, note string) answer {
	return answer{status: status, body: object{"error": word}, note: note}
}

// methodNotAllowed is Laravel's own 405.
func methodNotAllowed(method string, allowed []string) answer {
	methods := strings.Join(allowed, ", ")
	a := failure(
		http.StatusMethodNotAllowed,
		fmt.Sprintf("The %s method is not supported for this route. Supported methods: %s.", method, methods),
		"refused: method not allowed",
	)
	a.header = http.Header{"Allow": {methods}}
	return a
}

// fieldErrors are messages by the name of the input, or the id of the form
// field, that they are about.
type fieldErrors map[string][]string

func (e fieldErrors) add(name, message string) {
	e[name] = append(e[name], message)
}

// unprocessable is Laravel's 422: the message repeats the first error and
// counts the others.
func unprocessable(errs fieldErrors) answer {
	var all []string
	names := slices.Sorted(maps.Keys(errs))
	for _, name := range names {
		all = append(all, errs[name]...)
	}
	message := all[0]
	switch more := len(all) - 1; more {
	case 0:
	case 1:
		message += " (and 1 more error)"
	default:
		message += fmt.Sprintf(" (and %d more errors)", more)
	}
	return answer{
		status: http.StatusUnprocessableEntity,
		body:   object{"message": message, "errors": errs},
		note:   "refused: " + strings.Join(names, ", "),
	}
}

// refused is unprocessable with a single message.
func refused(name, message, note string) answer {
	a := unprocessable(fieldErrors{name: {message}})
	a.note = "refused: " + note
	return a
}
