// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const (
	seedRun   = "/runs/" + sandbox.SeedRunID
	listOfRun = seedRun + "/tasks?archived=true&page=1&per_page=100&status=all"
	withForm  = "?with=form_fields"
)

func TestTaskByIDAliasAndTitle(t *testing.T) {
	t.Parallel()
	readInRun := seedRun + "/tasks/" + sandbox.SeedVPCTaskID + withForm
	for name, c := range map[string]struct {
		block attributes
		reads []string
	}{
		"task_id":            {attributes{"task_id": sandbox.SeedVPCTaskID}, []string{"c0ffee00/tasks/" + sandbox.SeedVPCTaskID + withForm}},
		"task_id and run_id": {attributes{"task_id": sandbox.SeedVPCTaskID, "run_id": sandbox.SeedRunID}, []string{readInRun}},
		"alias":              {attributes{"alias": "provision-the-vpc", "run_id": sandbox.SeedRunID}, []string{listOfRun, readInRun}},
		"title":              {attributes{"title": "Provision the VPC", "run_id": sandbox.SeedRunID}, []string{listOfRun, readInRun}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			got := h.mustData("tallyfy_task", c.block)
			h.checkReads(c.reads...)
			delete(got, "form_fields") // see TestTaskForm
			if empty := map[string]any{}; !reflect.DeepEqual(got["values_by_label"], empty) || !reflect.DeepEqual(got["values_by_alias"], empty) {
				t.Errorf("an empty form has the values %v and %v", got["values_by_label"], got["values_by_alias"])
			}
			delete(got, "values_by_label") // see TestPlainValuesFillAnotherForm
			delete(got, "values_by_alias")
			want := map[string]any{
				"organization_id": sandbox.DefaultOrganization, "id": sandbox.SeedVPCTaskID, "task_id": sandbox.SeedVPCTaskID, "run_id": sandbox.SeedRunID,
				"title": "Provision the VPC", "alias": "provision-the-vpc", "status": "in-progress", "task_type": "task", "is_approved": nil,
				"completed_at": nil, "completer_id": nil, "completer_guest_id": nil, "archived_at": nil, "deadline": "2035-06-04T17:00:00Z",
				"everyone_must_complete": false, "timeouts": nil,
				"owners": map[string]any{"users": []any{int64(sandbox.CallerID)}, "guests": []any{}, "groups": []any{}},
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestTaskFacts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		task string
		do   func(*harness)
		want map[string]any
	}{
		"one-off": {sandbox.SeedOneOffTaskID, nil, map[string]any{
			"run_id": nil, "alias": nil,
			"owners": map[string]any{"users": []any{int64(sandbox.CallerID)}, "guests": []any{sandbox.SeedGuest}, "groups": []any{sandbox.SeedGroupID}},
		}},
		"rejected": {
			sandbox.SeedApprovalTaskID, func(h *harness) { h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(false)) },
			map[string]any{"task_type": "approval", "status": "completed", "is_approved": false, "completer_id": int64(sandbox.SeedColleagueID)},
		},
		"open approval": {sandbox.SeedApprovalTaskID, nil, map[string]any{"task_type": "approval", "is_approved": nil}},
		"completed by a guest": {
			sandbox.SeedPlainTaskID, func(h *harness) {
				h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) {
					task.CompletedAt, task.Status, task.CompleterGuest = "2026-05-20T17:00:00.000Z", "completed", "g1"
				})
			},
			map[string]any{"is_approved": nil, "completed_at": "2026-05-20T17:00:00.000Z", "completer_id": nil, "completer_guest_id": "g1"},
		},
		"everyone": {sandbox.SeedEveryoneTaskID, nil, map[string]any{"everyone_must_complete": true}},
		"hidden": {
			sandbox.SeedPlainTaskID, func(h *harness) { h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Hidden = true }) },
			map[string]any{"status": "auto-skipped"},
		},
		"owners not shown": {
			sandbox.SeedPlainTaskID, func(h *harness) {
				h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Extra = map[string]any{"owners": nil} })
			},
			map[string]any{"owners": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			if c.do != nil {
				c.do(h)
			}
			got := h.mustData("tallyfy_task", attributes{"task_id": c.task})
			for attribute, want := range c.want {
				if !reflect.DeepEqual(got[attribute], want) {
					t.Errorf("%s: got %v, want %v", attribute, got[attribute], want)
				}
			}
		})
	}
	h := newHarness(t, sandbox.Config{})
	h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Archived = true })
	got := h.mustData("tallyfy_task", attributes{"run_id": sandbox.SeedRunID, "alias": "announce-the-maintenance-window"})
	if got["archived_at"] == nil {
		t.Error("an archived task is not shown as one")
	}
}

func TestTaskForm(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Update(sandbox.SeedVPCTaskID, func(task *sandbox.Task) {
		task.Taskdata = map[string]any{
			sandbox.SeedVPCIDField:      "vpc-1 <&>",
			sandbox.SeedVPCRegionField:  map[string]any{"id": 2, "text": "eu-central-1"},
			sandbox.SeedVPCChecksField:  []any{map[string]any{"id": 1, "text": "Flow logs", "selected": true}},
			sandbox.SeedVPCSubnetsField: []any{"a", "10.0.0.0/20"},
			sandbox.SeedVPCTierField:    "critical",
		}
	})
	fields, _ := h.mustData("tallyfy_task", attributes{"task_id": sandbox.SeedVPCTaskID})["form_fields"].([]any)
	options := func(texts ...string) []any {
		all := []any{}
		for i, text := range texts {
			all = append(all, map[string]any{"id": int64(i + 1), "text": text})
		}
		return all
	}
	for i, want := range []map[string]any{
		{"id": sandbox.SeedVPCIDField, "label": "VPC id", "alias": "vpc-id", "field_type": "text", "required": true, "value": `"vpc-1 \u003c\u0026\u003e"`},
		{"id": sandbox.SeedVPCDateField, "label": "Provisioned on", "field_type": "date"},
		{
			"id": sandbox.SeedVPCRegionField, "label": "Region", "field_type": "dropdown", "options": options("us-west-2", "eu-central-1"),
			"value": `{"id":2,"text":"eu-central-1"}`,
		},
		{
			"id": sandbox.SeedVPCChecksField, "label": "Checks done", "field_type": "multiselect", "options": options("Flow logs", "Peering", "DNS"),
			"value": `[{"id":1,"selected":true,"text":"Flow logs"}]`,
		},
		{"id": sandbox.SeedVPCSubnetsField, "label": "Subnets", "field_type": "table", "columns": []any{"Zone", "CIDR"}, "value": `["a","10.0.0.0/20"]`},
		{"id": sandbox.SeedVPCNotesField, "label": "Notes", "field_type": "textarea"},
		{"id": sandbox.SeedVPCContactField, "label": "Contact", "field_type": "email"},
		{"id": sandbox.SeedVPCTierField, "label": "Tier", "field_type": "radio", "options": options("standard", "critical"), "value": `"critical"`},
		{"id": sandbox.SeedVPCReviewersField, "label": "Reviewers", "field_type": "assignees_form"},
		{"id": sandbox.SeedVPCDiagramField, "label": "Diagram", "field_type": "file"},
	} {
		all := map[string]any{"alias": nil, "required": false, "options": []any{}, "columns": []any{}, "value": nil}
		maps.Copy(all, want)
		if i >= len(fields) || !reflect.DeepEqual(fields[i], all) {
			t.Errorf("field %d: got %v, want %v", i, fields, all)
			break
		}
	}
	if len(fields) != 10 {
		t.Errorf("there are %d fields", len(fields))
	}

	if got := h.mustData("tallyfy_task", attributes{"task_id": sandbox.SeedPlainTaskID})["form_fields"]; !reflect.DeepEqual(got, []any{}) {
		t.Errorf("no form: got %v", got)
	}
	h.Inject(sandbox.Fault{Status: http.StatusOK, Body: fmt.Sprintf(`{"data":{"id":%q}}`, sandbox.SeedPlainTaskID)})
	if got := h.mustData("tallyfy_task", attributes{"task_id": sandbox.SeedPlainTaskID})["form_fields"]; got != nil {
		t.Errorf("a form that is not shown: got %v", got)
	}
}

// The attributes are those of the task itself, even if the list lags behind.
func TestTaskIsReadSeparately(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{ListLag: 10})
	h.CompleteOutside(sandbox.SeedVPCTaskID, sandbox.SeedColleagueID, nil)
	got := h.mustData("tallyfy_task", attributes{"run_id": sandbox.SeedRunID, "alias": "provision-the-vpc"})
	if got["status"] != "completed" || got["completer_id"] != int64(sandbox.SeedColleagueID) {
		t.Errorf("got %v by %v", got["status"], got["completer_id"])
	}
}

func TestTaskIsFoundOnALaterPage(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	for i := range 200 {
		h.AddTask(sandbox.Task{ID: fmt.Sprintf("task-%d", i), RunID: sandbox.SeedRunID, Alias: fmt.Sprintf("step-%d", i), Title: fmt.Sprintf("Step %d", i)})
	}
	if got := h.mustData("tallyfy_task", attributes{"run_id": sandbox.SeedRunID, "title": "Step 199"}); got["task_id"] != "task-199" {
		t.Errorf("got %v", got["task_id"])
	}
	page := "/tasks?archived=true&page=%d&per_page=100&status=all"
	h.checkReads(fmt.Sprintf(page, 1), fmt.Sprintf(page, 2), fmt.Sprintf(page, 3), "/tasks/task-199"+withForm)
	_, said := h.data("tallyfy_task", attributes{"run_id": sandbox.SeedRunID, "alias": "step-nowhere"})
	h.checkError(said, "alias", "No Task Matches", "Tasks in the process: 207.", "- provision-the-vpc – \"Provision the VPC\" – "+sandbox.SeedVPCTaskID, "and 187 more")
}

func TestTaskDataSourceErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block     attributes
		attribute string
		words     []string
		reads     []string
	}{
		"no such alias": {
			attributes{"run_id": sandbox.SeedRunID, "alias": "provision-the-vcp"},
			"alias",
			[]string{
				"No Task Matches: Searching process " + sandbox.SeedRunID, `with the alias "provision-the-vcp": no task has it`,
				`- provision-the-vpc – "Provision the VPC" – ` + sandbox.SeedVPCTaskID, "- (no alias)", `Did you mean "provision-the-vpc"?`, "task_id",
			},
			[]string{listOfRun},
		},
		"a title that repeats": {
			attributes{"run_id": sandbox.SeedRunID, "title": "Provision the VPC"},
			"title",
			[]string{
				"Several Tasks Match", "2 of its 8 tasks have it, and the provider does not choose",
				`- provision-the-vpc – "Provision the VPC" – ` + sandbox.SeedVPCTaskID, `- (no alias) – "Provision the VPC" – again`, "task_id", "alias",
			},
			[]string{listOfRun},
		},
		"no such run": {
			attributes{"run_id": "gone", "alias": "x"},
			"run_id",
			[]string{"Tasks Could Not Be Listed: Listing the tasks of process gone: Tallyfy returned 404", "Check organization_id and run_id", "Request ID: sandbox-"},
			[]string{"/runs/gone/tasks?archived=true&page=1&per_page=100&status=all"},
		},
		"no such task": {
			attributes{"task_id": "gone"},
			"task_id",
			[]string{"Task Could Not Be Read: Reading task gone: Tallyfy returned 404", "Check organization_id and task_id", "Tallyfy said: Resource not found", "Request ID: sandbox-"},
			[]string{"/tasks/gone" + withForm},
		},
		"a task of another run": {
			attributes{"task_id": sandbox.SeedOneOffTaskID, "run_id": sandbox.SeedRunID},
			"task_id",
			[]string{"Task Could Not Be Read", "Without run_id, the whole organization is searched for the task."},
			[]string{"/tasks/" + sandbox.SeedOneOffTaskID + withForm},
		},

		"neither":             {attributes{}, "", []string{"Exactly one of these attributes must be configured: [task_id,alias,title]"}, nil},
		"a run alone":         {attributes{"run_id": "r"}, "", []string{"Exactly one of these attributes"}, nil},
		"id and title":        {attributes{"task_id": "t", "title": "T", "run_id": "r"}, "task_id", []string{"Exactly one of these attributes"}, nil},
		"alias and title":     {attributes{"alias": "a", "title": "T", "run_id": "r"}, "alias", []string{"Exactly one of these attributes"}, nil},
		"alias without a run": {attributes{"alias": "a"}, "alias", []string{`Attribute "run_id" must be specified when "alias" is specified`}, nil},
		"title without a run": {attributes{"title": "a"}, "title", []string{`Attribute "run_id" must be specified when "title" is specified`}, nil},
		"empty alias":         {attributes{"alias": "", "run_id": "r"}, "alias", []string{"string length must be at least 1"}, nil},
		"empty title":         {attributes{"title": "", "run_id": "r"}, "title", []string{"string length must be at least 1"}, nil},
		"empty id":            {attributes{"task_id": ""}, "task_id", []string{"Invalid ID"}, nil},
		"a URL":               {attributes{"task_id": "https://go.tallyfy.com/tracker/1"}, "task_id", []string{"Invalid ID", "use only the ID"}, nil},
		"a run's URL":         {attributes{"run_id": "a/b", "task_id": "t"}, "run_id", []string{"Invalid ID"}, nil},
		"an organization's":   {attributes{"organization_id": "a/b", "task_id": "t"}, "organization_id", []string{"Invalid ID"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.AddTask(sandbox.Task{ID: "again", RunID: sandbox.SeedRunID, Title: "Provision the VPC"})
			_, said := h.data("tallyfy_task", c.block)
			h.checkError(said, c.attribute, c.words...)
			h.checkReads(c.reads...)
		})
	}
}
