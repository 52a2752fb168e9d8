// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file has the faulty responses of the matrix.

// responder returns what the sandbox does with a request of a test case that has this method.
type responder = func(*testCase, string) sandbox.Fault

// always returns a responder with the same fault for every request.
func always(f sandbox.Fault) responder { return func(*testCase, string) sandbox.Fault { return f } }

// status rejects the request in the documented format.
func status(code int) responder {
	return always(sandbox.Fault{Status: code, Body: `{"error":true,"message":"` + serversWords + `"}`})
}

// page rejects the request with an HTML page, as a proxy in front of Tallyfy does.
func page(code int) responder {
	return always(sandbox.Fault{Status: code, Body: "<html><head><title>" + serversWords + "</title></head></html>"})
}

// notFound responds with a 404 and an error code.
func notFound(code string) responder {
	return always(sandbox.Fault{Status: http.StatusNotFound, Body: `{"error":true,"message":"` + serversWords + `","code":"` + code + `"}`})
}

// after responds with a Retry-After header.
func after(code int, retryAfter string) responder {
	return always(sandbox.Fault{Status: code, Header: http.Header{"Retry-After": {retryAfter}}, Body: `{"message":"` + serversWords + `"}`})
}

// untilDate responds with a 429 whose Retry-After header is a date.
func untilDate(in time.Duration) responder {
	return func(t *testCase, method string) sandbox.Fault {
		return after(http.StatusTooManyRequests, time.Now().Add(in).UTC().Format(http.TimeFormat))(t, method)
	}
}

// redirect redirects to a host that does not exist. No request may be sent to it.
func redirect(code int) responder {
	return always(sandbox.Fault{Status: code, Header: http.Header{"Location": {"https://elsewhere.test/" + "api"}}, Body: serversWords})
}

// handled makes the sandbox handle the request before it returns the faulty response.
func handled(respond responder) responder {
	return func(t *testCase, method string) sandbox.Fault {
		f := respond(t, method)
		f.Handle = true
		return f
	}
}

// unhandled keeps the sandbox from handling the request.
func unhandled(respond responder) responder {
	return func(t *testCase, method string) sandbox.Fault {
		f := respond(t, method)
		f.Handle = false
		return f
	}
}

// raw writes these bytes to the connection after the request was handled.
func raw(bytes string) responder { return always(sandbox.Fault{Handle: true, Raw: []byte(bytes)}) }

// body responds with a 200 and this body after the request was handled.
func body(text string) responder {
	return always(sandbox.Fault{Handle: true, Status: http.StatusOK, Body: text})
}

// bare responds with the correct task, without the envelope around it.
func bare(t *testCase, method string) sandbox.Fault {
	task := map[string]any{"id": t.task, "run_id": t.run, "title": "Bare", "status": "in-progress", "task_type": "task"}
	if method == http.MethodPost || method == http.MethodGet && t.operation != create {
		task["status"], task["completed_at"] = "completed", time.Now().UTC().Format(time.RFC3339)
	}
	if method == http.MethodPut || method == http.MethodPost {
		task["taskdata"] = t.wanted().taskdata
	}
	text, err := json.Marshal(task)
	if err != nil {
		panic(fmt.Sprintf("a task cannot be written as JSON: %v", err))
	}
	return body(string(text))(t, method)
}
