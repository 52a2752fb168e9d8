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

// response is the response to a request, with the note for the journal.
type response struct {
	status  int
	header  http.Header
	body    any
	encoded []byte // body as JSON, after encode
	note    string
}

// encode encodes the body. Bodies refer to tasks, so this must happen before the
// lock is released.
func (a response) encode() response {
	encoded, err := json.Marshal(a.body)
	if err != nil { // a test set Task.ChangedByRules to a value that JSON cannot encode
		return failure(http.StatusInternalServerError, err.Error(), "failed: the response cannot be encoded").encode()
	}
	a.encoded = encoded
	return a
}

func (a response) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.encoded) // the client may be gone
}

// object is a JSON object.
type object = map[string]any

// data is a response with a single item in its envelope (API.md §2).
func data(item object, note string) response {
	return response{status: http.StatusOK, body: object{"data": item}, note: note}
}

// endpointNotFound is the 404 for a path that does not exist. It means a wrong base
// URL, not a missing task (API.md §3.2).
func endpointNotFound(note string) response {
	return response{
		status: http.StatusNotFound,
		body:   object{"error": true, "message": "API endpoint not found", "code": "ENDPOINT_NOT_FOUND"},
		note:   note,
	}
}

// resourceNotFound is the 404 for an object that the path does not find.
func resourceNotFound(note string) response {
	return response{
		status: http.StatusNotFound,
		body:   object{"error": true, "message": "Resource not found", "code": "RESOURCE_NOT_FOUND"},
		note:   note,
	}
}

// codeLength is where the API cuts a code that it derives from a message.
const codeLength = 25

// failure is the generic error, whose code is derived from the message (API.md
// §3.2).
func failure(status int, message, note string) response {
	code := strings.ReplaceAll(strings.ToUpper(message), " ", "_")
	return response{
		status: status,
		body:   object{"error": true, "message": message, "code": code[:min(len(code), codeLength)]},
		note:   note,
	}
}

// unauthenticated is Laravel's own 401.
func unauthenticated() response {
	return response{
		status: http.StatusUnauthorized,
		body:   object{"message": "Unauthenticated."},
		note:   "refused: no token, or not the right one",
	}
}

// oauthError is the form of rejected token requests (API.md §3.2).
func oauthError(status int, word, note string) response {
	return response{status: status, body: object{"error": word}, note: note}
}

// methodNotAllowed is Laravel's own 405.
func methodNotAllowed(method string, allowed []string) response {
	methods := strings.Join(allowed, ", ")
	a := failure(
		http.StatusMethodNotAllowed,
		fmt.Sprintf("The %s method is not supported for this route. Supported methods: %s.", method, methods),
		"refused: method not allowed",
	)
	a.header = http.Header{"Allow": {methods}}
	return a
}

// fieldErrors are messages by the name of the input, or the ID of the form field.
type fieldErrors map[string][]string

func (e fieldErrors) add(name, message string) {
	e[name] = append(e[name], message)
}

// unprocessable is Laravel's 422: the message repeats the first error and
// counts the others.
func unprocessable(errs fieldErrors) response {
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
	return response{
		status: http.StatusUnprocessableEntity,
		body:   object{"message": message, "errors": errs},
		note:   "refused: " + strings.Join(names, ", "),
	}
}

// rejected is unprocessable with a single message.
func rejected(name, message, note string) response {
	a := unprocessable(fieldErrors{name: {message}})
	a.note = "refused: " + note
	return a
}
