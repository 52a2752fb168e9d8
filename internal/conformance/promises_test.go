// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

// kept returns evidence of a provider that keeps all its promises.
func kept() *evidence {
	e := &evidence{account: &account{client: &client{settings: Settings{Organization: "o"}}, user: "1001"}, tasks: map[string]*fixture{}, after: map[string]object{}}
	e.addresses = map[string]string{"adopt": "tallyfy_task_completion.adopt"}
	done := func() object { return object{"completed_at": "2035-06-06T12:00:00Z", "status": "completed"} }
	for _, name := range []string{"complete", "approve", "reject", "values", "adopt", "import", "wait", "drift"} {
		e.tasks[name] = &fixture{id: name}
		e.after[name] = done()
	}
	e.after["approve"]["is_approved"], e.after["reject"]["is_approved"] = true, false
	e.afterUpdate, e.afterDestroy = object{"is_approved": false}, object{"status": "in-progress"}
	e.process = &fixture{id: "p"}
	e.steps = []*fixture{{id: "s1"}, {id: "s2"}}
	e.after["s1"], e.after["s2"] = done(), done()
	write := func(r *result, method string, tasks ...string) {
		for _, task := range tasks {
			r.requests = append(r.requests, exchange{method: method, task: task, status: 200})
		}
	}
	write(&e.apply, "PUT", "values")
	write(&e.apply, "POST", "complete", "approve", "reject", "values", "drift", "s1", "s2")
	e.plan.requests = []exchange{{method: "GET", path: e.org(pathRuns, "p", pathTasks), status: 200}}
	e.driftPlan.code = 2
	write(&e.update, "DELETE", "approve")
	write(&e.update, "POST", "approve", "drift")
	write(&e.destroy, "DELETE", "complete")
	if err := json.Unmarshal([]byte(`{"data":{"form_fields":{"data":[
		{"label":"Text","field_value":"vpc-0b7d2c41"},{"label":"Textarea","field_value":"first line\r\nsecond line"},{"label":"Date","value":"2035-06-04T09:30:00.000Z"},
		{"label":"Radio","field_value":"right"},{"label":"Dropdown","field_value":{"id":2,"text":"second"}},{"label":"Table","field_value":["a","10.20.0.0/20"]},
		{"label":"Multiselect","field_value":[{"text":"one","selected":true},{"text":"two","selected":false},{"text":"three","selected":true}]},
		{"label":"Assignees","field_value":{"users":[{"id":1001}]}}]}}}`), &e.form.body); err != nil {
		panic(err)
	}
	return e
}

// failing returns the names of the promises that are not kept.
func failing(e *evidence) []string {
	var names []string
	for _, p := range promises() {
		if p.check(e) != nil {
			names = append(names, p.name)
		}
	}
	return names
}

// TestPromises breaks one thing at a time. The promise has to notice.
func TestPromises(t *testing.T) {
	t.Parallel()
	if got := failing(kept()); len(got) != 0 {
		t.Fatalf("these fail without a reason: %q", got)
	}
	again := func(r *result, method, task string) {
		r.requests = append(r.requests, exchange{method: method, task: task, status: 200})
	}
	for name, test := range map[string]struct {
		change func(*evidence)
		want   []string
	}{
		"completed twice":      {func(e *evidence) { again(&e.apply, "POST", "complete") }, []string{"complete"}},
		"not completed":        {func(e *evidence) { e.after["complete"] = object{"status": "in-progress"} }, []string{"complete"}},
		"decided wrongly":      {func(e *evidence) { e.after["approve"]["is_approved"] = false }, []string{"approve"}},
		"decision is missing":  {func(e *evidence) { delete(e.after["reject"], "is_approved") }, []string{"reject"}},
		"values came after":    {func(e *evidence) { slices.Reverse(e.apply.requests) }, []string{"form values"}},
		"a value is lost":      {func(e *evidence) { e.form.body = object{} }, []string{"form values"}},
		"no form":              {func(e *evidence) { e.formError = errors.New("x") }, []string{"form values"}},
		"adopted with a write": {func(e *evidence) { again(&e.apply, "POST", "adopt") }, []string{"adopt a completed task"}},
		"refused to adopt": {
			func(e *evidence) { e.apply.errors = map[string]string{e.addresses["adopt"]: "Error"} }, []string{"adopt a completed task"},
		},
		"imported with a write":   {func(e *evidence) { again(&e.apply, "PUT", "import") }, []string{"import"}},
		"a wait completes":        {func(e *evidence) { again(&e.apply, "POST", "wait") }, []string{"wait"}},
		"a plan has changes":      {func(e *evidence) { e.plan.code = 2 }, []string{"refresh without changes"}},
		"a plan writes":           {func(e *evidence) { again(&e.plan, "POST", "drift") }, []string{"refresh without changes"}},
		"drift is not seen":       {func(e *evidence) { e.driftPlan.code = 0 }, []string{"reopened task is completed again"}},
		"drift, completed twice":  {func(e *evidence) { again(&e.update, "POST", "drift") }, []string{"reopened task is completed again"}},
		"update does not reopen":  {func(e *evidence) { e.update.requests = e.update.requests[1:] }, []string{"update"}},
		"update touches others":   {func(e *evidence) { again(&e.update, "POST", "complete") }, []string{"update"}},
		"update has no effect":    {func(e *evidence) { e.afterUpdate = object{"is_approved": true} }, []string{"update"}},
		"a plan after the update": {func(e *evidence) { e.updatePlan.code = 2 }, []string{"update"}},
		"destroy does not reopen": {func(e *evidence) { e.destroy = result{} }, []string{"reopen on destroy"}},
		"destroy reopens others":  {func(e *evidence) { again(&e.destroy, "DELETE", "reject") }, []string{"reopen on destroy"}},
		"still completed":         {func(e *evidence) { e.afterDestroy = object{"status": "completed"} }, []string{"reopen on destroy"}},
		"process task twice":      {func(e *evidence) { again(&e.apply, "POST", "s2") }, []string{"task of a process"}},
		"no list":                 {func(e *evidence) { e.plan.requests = nil }, []string{"refresh by list"}},
		"a list and each task": {
			func(e *evidence) { again(&e.plan, "GET", "s1"); again(&e.plan, "GET", "s2") }, []string{"refresh by list"},
		},
		"the list lags": {func(e *evidence) { e.listError, e.plan.requests = skipped("x"), nil }, []string{"refresh by list"}},
		"no template":   {func(e *evidence) { e.processError = skipped("x") }, []string{"task of a process", "refresh by list"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := kept()
			test.change(e)
			if got := failing(e); !slices.Equal(got, test.want) {
				t.Errorf("%q fail, want %q", got, test.want)
			}
		})
	}
}

// TestPromisesSkipped reports what could not be tested as skipped, and not as failed.
func TestPromisesSkipped(t *testing.T) {
	t.Parallel()
	e := kept()
	e.formError, e.processError = errors.New("422 no such type"), skipped("TALLYFY_ACC_CHECKLIST is not set")
	var reasons []string
	for _, p := range promises() {
		var reason skipped
		if err := p.check(e); errors.As(err, &reason) {
			reasons = append(reasons, err.Error())
		}
	}
	if got := strings.Join(reasons, "\n"); strings.Count(got, "TALLYFY_ACC_CHECKLIST is not set") != 2 || !strings.Contains(got, "422 no such type") {
		t.Errorf("the reasons are\n%s", got)
	}
}
