// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// expectCompletions checks the counter.
func (c *client) expectCompletions(want int, when string) {
	c.t.Helper()
	if got := c.Completions(task); got != want {
		c.t.Errorf("%s: %d completions, want %d", when, got, want)
	}
}

func TestCompletionsByVintage(t *testing.T) {
	t.Parallel()
	for vintage, test := range map[sandbox.Vintage]struct{ again, counted int }{
		sandbox.Today:  {http.StatusOK, 2}, // The webhooks fire again.
		sandbox.Legacy: {http.StatusUnprocessableEntity, 1},
	} {
		t.Run(fmt.Sprint(vintage), func(t *testing.T) {
			c := start(t, sandbox.Config{Vintage: vintage}, processTask())
			c.expectCompletions(0, "at first")
			c.expect(http.StatusOK, http.MethodPost, runPost, completion)
			c.expectCompletions(1, "completed")
			c.expect(test.again, http.MethodPost, runPost, completion)
			c.expectCompletions(test.counted, "repeated")
			c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, "")
			c.expect(http.StatusOK, http.MethodPost, runPost, completion)
			c.expectCompletions(test.counted+1, "completed anew")
		})
	}
}

func TestCompletionsShares(t *testing.T) {
	t.Parallel()
	added := processTask()
	added.EveryoneMustComplete = 3
	c := start(t, sandbox.Config{}, added)
	for i, step := range []struct {
		user string
		want int
	}{
		{"7", 1}, {"7", 1}, {"8", 2}, {"7", 2}, {"9", 3}, {"9", 4}, // The last finds it completed.
	} {
		c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"override_user":`+step.user))
		c.expectCompletions(step.want, fmt.Sprintf("step %d", i+1))
	}
}

func TestCompletionsReopenedByAutomation(t *testing.T) {
	t.Parallel()
	added := oneOff()
	added.ReopenedByAutomation = true
	c := start(t, sandbox.Config{}, added)
	for want := range 3 {
		c.expectCompletions(want, "reopened by a rule")
		c.expect(http.StatusOK, http.MethodPost, orgPost, completion)
	}
}

// Completions in the web app do not count.
func TestCompletionsOutside(t *testing.T) {
	t.Parallel()
	added := processTask()
	added.EveryoneMustComplete = 2
	c := start(t, sandbox.Config{}, added)
	c.CompleteOutside(task, 7, nil)
	c.CompleteOutside(task, 8, nil)
	c.expectCompletions(0, "completed by people")
	if c.Webhooks(task) != 1 {
		t.Errorf("webhooks fired %d times", c.Webhooks(task))
	}
}

// TestCompletionsRefused tests each reason to reject a completion,
// before the first and after one.
func TestCompletionsRefused(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(*client) (path, body string){
		"deleted":   func(c *client) (string, string) { c.DeleteTask(task); return runPost, completion },
		"archived":  changed(func(t *sandbox.Task) { t.Archived = true }),
		"hidden":    changed(func(t *sandbox.Task) { t.Hidden = true }),
		"issue":     changed(func(t *sandbox.Task) { t.Issue = true }),
		"not mine":  changed(func(t *sandbox.Task) { t.AssigneesOnly = true }),
		"undecided": changed(func(t *sandbox.Task) { t.Type = "approval" }),
		"required": changed(func(t *sandbox.Task) {
			t.Fields = []sandbox.Field{{ID: field, Label: "VPC id", Type: "text", Required: true}}
		}),
		"wrong path": func(*client) (string, string) { return orgPost, completion },
		"bad input":  func(*client) (string, string) { return runPost, withBody(`"override_user":"me"`) },
		"a fault": func(c *client) (string, string) {
			c.Inject(sandbox.Fault{Status: http.StatusBadGateway})
			return runPost, completion
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, before := range []int{0, 1} {
				t.Run(fmt.Sprint(before), func(t *testing.T) {
					c := start(t, sandbox.Config{}, processTask())
					for range before {
						c.expect(http.StatusOK, http.MethodPost, runPost, completion)
						c.ReopenOutside(task)
					}
					path, body := refuse(c)
					if got := c.do(http.MethodPost, path, body); got.status < http.StatusBadRequest {
						t.Errorf("got %d", got.status)
					}
					c.expectCompletions(before, "refused")
				})
			}
		})
	}
}

// changed is a refusal by the task's own state.
func changed(change func(*sandbox.Task)) func(*client) (path, body string) {
	return func(c *client) (string, string) {
		c.Update(task, change)
		return runPost, completion
	}
}

// The counter shows what a client cannot know.
func TestCompletionsLostResponse(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{}, processTask())
	c.Inject(sandbox.Fault{Handle: true, Drop: true})
	if got, err := c.try(c.request(http.MethodPost, runPost, completion)); err == nil {
		t.Errorf("got %d", got.status)
	}
	c.expectCompletions(1, "response lost")
	c.AddTask(processTask())
	c.expectCompletions(0, "another task with the same id")
	if c.Completions("unknown") != 0 {
		t.Error("completions of nothing")
	}
}
