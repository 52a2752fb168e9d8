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

// This file makes the answers of the matrix.

// answers makes what the sandbox does to a request of this method.
type responder = func(*testCase, string) sandbox.Fault

func always(f sandbox.Fault) responder { return func(*testCase, string) sandbox.Fault { return f } }

// status is a refusal in the documented shape.
func status(code int) responder {
	return always(sandbox.Fault{Status: code, Body: `{"error":true,"message":"` + serversWords + `"}`})
}

// page is a refusal by something in front of Tallyfy.
func page(code int) responder {
	return always(sandbox.Fault{Status: code, Body: "<html><head><title>" + serversWords + "</title></head></html>"})
}

func notFound(code string) responder {
	return always(sandbox.Fault{Status: http.StatusNotFound, Body: `{"error":true,"message":"` + serversWords + `","code":"` + code + `"}`})
}

func after(code int, retryAfter string) responder {
	return always(sandbox.Fault{Status: code, Header: http.Header{"Retry-After": {retryAfter}}, Body: `{"message":"` + serversWords + `"}`})
}

func untilDate(in time.Duration) responder {
	return func(t *testCase, method string) sandbox.Fault {
		return after(http.StatusTooManyRequests, time.Now().Add(in).UTC().Format(http.TimeFormat))(t, method)
	}
}

// redirect points to a host that is not there: nothing may be sent to it.
func redirect(code int) responder {
	return always(sandbox.Fault{Status: code, Header: http.Header{"Location": {"https://elsewhere.test/" + "api"}}, Body: serversWords})
}

// handled lets the request have its effect first.
func handled(respond responder) responder {
	return func(t *testCase, method string) sandbox.Fault {
		f := respond(t, method)
		f.Handle = true
		return f
	}
}

// unhandled keeps the request from having its effect.
func unhandled(respond responder) responder {
	return func(t *testCase, method string) sandbox.Fault {
		f := respond(t, method)
		f.Handle = false
		return f
	}
}

// raw is an answer as it goes over the wire, after the request was handled.
func raw(bytes string) responder { return always(sandbox.Fault{Handle: true, Raw: []byte(bytes)}) }

// body is a 200 with this in it, after the request was handled.
func body(text string) responder {
	return always(sandbox.Fault{Handle: true, Status: http.StatusOK, Body: text})
}

// bare is the right answer, less its envelope.
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
