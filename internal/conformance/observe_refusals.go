// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"net/http"
)

// refusals observes the responses to requests that are wrong before they reach a task.
func refusals() scenario {
	return scenario{name: "refused requests", see: (*observer).seeRefusals, observations: []Observation{
		{
			ID: "unknown-task", Section: "3.2", Question: "What does a GET of an unknown task return?", How: "GET a task with an ID of zeros",
			Expected: []Expectation{like("404 … (RESOURCE_NOT_FOUND)", "[DOC]", `404 .*\(RESOURCE_NOT_FOUND\)`)},
		},
		{
			ID: "unknown-path", Section: "3.2", Question: "What does a path return that does not exist?", How: "GET such a path below the organization",
			Expected: []Expectation{like("404 … (ENDPOINT_NOT_FOUND)", "[DOC]", `404 .*\(ENDPOINT_NOT_FOUND\)`)},
		},
		{
			ID: "other-organization", Section: "3.2", Question: "What does another organization return?", How: "GET tasks of an organization with an ID of zeros",
			Expected: []Expectation{like("403", "[DOC]", `403`)},
		},
		{
			ID: "invalid-token", Section: "3.2", Question: "What does an invalid token return?", How: "GET me with another token",
			Expected: []Expectation{like("401 Unauthenticated.", "[CODE]", `401 Unauthenticated`), like("401, from the edge", "[CODE]", `401 .*APSH213`), like("401, plain text", "[CODE]", `401 Unauthorized`)},
		},
		{
			ID: "no-client-header", Section: "7.16", Question: "What does a request without X-Tallyfy-Client return?", How: "GET me without the header",
			Expected: []Expectation{like("404 … apsh546", "[CODE MCP]", `404 .*(?i)apsh546`), like("401", "[DOC]", `401`), says("200", "[CODE PS, MIG]")},
		},
		{
			ID: "unknown-completion", Section: "3.1", Question: "What does the completion of an unknown task return?", How: "POST completed-tasks with an ID of zeros",
			Expected: []Expectation{like("404", "[DOC]", `404`)},
		},
	}}
}

func (o *observer) seeRefusals(ctx context.Context) error {
	for _, request := range []struct {
		id string
		call
	}{
		{"unknown-task", call{path: o.org(pathTasks, unknownID)}},
		{"unknown-path", call{path: o.org("no-such-path")}},
		{"other-organization", call{path: "/organizations/" + unknownID + "/tasks"}},
		{"invalid-token", call{path: "/me", header: map[string]string{"Authorization": "Bearer invalid"}}},
		{"no-client-header", call{path: "/me", header: map[string]string{"X-Tallyfy-Client": ""}}},
	} {
		request.method = http.MethodGet
		got, err := o.do(ctx, request.call)
		if err != nil {
			return err
		}
		o.saw(request.id, "%s", got.outcome())
	}
	got, err := o.complete(ctx, &fixture{id: unknownID}, nil)
	if err != nil {
		return err
	}
	o.saw("unknown-completion", "%s", got.outcome())
	return nil
}
