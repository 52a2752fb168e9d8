// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// application observes what an application's token may do.
func application() scenario {
	return scenario{
		name: "an application", see: (*observer).seeApplication,
		needs: func(s Settings) string {
			if s.ClientID == "" {
				return envClientID + " and " + envClientSecret + " are not set"
			}
			return ""
		},
		observations: []Observation{
			{
				ID: "application-me", Section: "3.3", Question: "What does an endpoint of a user return to an application?", How: "GET me with the application's token",
				Expected: []Expectation{like("401", "[DOC]", `401`)},
			},
			{
				ID: "application-completion", Section: "8", Question: "May an application complete a task?", How: "POST completed-tasks with the application's token",
				Expected: []Expectation{like("yes", "[DOC CLI]", `2\d\d`)},
			},
		},
	}
}

// errNoApplicationToken means that the application got no token. The response is not quoted,
// because it may be one.
var errNoApplicationToken = errors.New("the application got no token")

func (o *observer) seeApplication(ctx context.Context) error {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {o.settings.ClientID}, "client_secret": {o.settings.ClientSecret}, "scope": {"*"},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.settings.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return errNoApplicationToken
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	got, err := o.receive(r)
	if err != nil {
		return errors.Join(errNoApplicationToken, err)
	}
	body, _ := got.body.(object)
	token, _ := body["access_token"].(string)
	if token == "" {
		return errNoApplicationToken
	}
	as := map[string]string{"Authorization": "Bearer " + token}
	if got, err = o.do(ctx, call{method: http.MethodGet, path: "/me", header: as}); err != nil {
		return err
	}
	o.saw("application-me", "%s", got.outcome())
	task, err := o.newTask(ctx, spec{purpose: "a task for an application"})
	if err != nil {
		return err
	}
	got, err = o.do(ctx, call{method: http.MethodPost, path: o.org(task.scope(pathCompleted)...), body: object{"task_id": task.id}, header: as})
	if err != nil {
		return err
	}
	o.saw("application-completion", "%s", got.outcome())
	return nil
}

// unobservable lists the unknowns of API.md §8 that the suite cannot see without harm, or without
// more people.
func unobservable() scenario {
	return scenario{
		name: "what cannot be observed", see: func(*observer, context.Context) error { return nil },
		needs: func(Settings) string {
			return "the suite does not try: it would need another member, or disturb people"
		},
		observations: []Observation{
			{ID: "everyone-must-complete", Section: "8", Question: "What does a completion return that others must complete too?", How: "two members complete a task"},
			{ID: "not-an-assignee", Section: "8", Question: "What does a completion by a member return who is not an assignee?", How: "another member completes a task"},
			{ID: "open-issue", Section: "8", Question: "What does a completion return while the task has an open issue?", How: "report an issue, which sends emails"},
			{ID: "rate-limit-body", Section: "8", Question: "What is the body of a 429?", How: "exceed the limit"},
		},
	}
}
