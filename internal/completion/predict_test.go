// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// completedForm is a completed task whose required field holds vpc-1.
func completedForm(change func(*tallyfy.Task)) *tallyfy.Task {
	task := formTask()
	task.Status, task.CompletedAt, task.CompleterID = "completed", "2026-05-20T17:00:00Z", 1005
	task.Form[0].Value, task.Ref = "vpc-1", tallyfy.TaskRef{Organization: "o", Task: taskID}
	task.Taskdata = map[string]any{"f1": "vpc-1"}
	if change != nil {
		change(task)
	}
	return task
}

// A plan for a completed task reports which values were compared, and which were not.
func TestPredictUnknownValues(t *testing.T) {
	t.Parallel()
	const adopts, differs = "Task Is Already Completed", "Task Is Already Completed Differently"
	const expires = "Expiring Task Cannot Be Decided"
	approval := func(k *tallyfy.Task) { k.Type, k.IsApproved = tallyfy.TypeApproval, new(true) }
	plain := func(k *tallyfy.Task) { k.Type = "task" }
	for name, c := range map[string]struct {
		task     *tallyfy.Task
		plan     Planned
		problems string
		warnings string
		says     []string
		never    string
	}{
		"all is known": {
			completedForm(nil),
			Planned{Desired: Desired{FormFields: map[string]any{"VPC id": "vpc-1"}}},
			"", adopts,
			[]string{"was completed as configured, by user 1005", "records it as it is and sends no completion, unless the same apply reopens the task first and completes it again."},
			"reopen_on_destroy",
		},
		"all is known, reopens on destroy": {
			completedForm(nil),
			Planned{ReopenOnDestroy: true},
			"", adopts,
			[]string{"sends no completion, unless the same apply reopens the task first and completes it again. A destroy with reopen_on_destroy does that if it precedes this"},
			"",
		},
		"a value comes later": {
			completedForm(nil),
			Planned{Desired: Desired{FormFields: map[string]any{"VPC id": Unknown{}, "Notes": ""}}},
			"Ambiguous Form Field", adopts,
			[]string{`Known only after apply: form_fields "VPC id".`, "records the completion and sends nothing. If it does not, the apply fails and sends no completion, unless the same apply"},
			"as configured, by",
		},
		"a secret comes later": {
			completedForm(nil),
			Planned{Desired: Desired{SecretTaskdata: map[string]any{"f1": Unknown{}}}},
			"", adopts,
			[]string{`Known only after apply: taskdata_wo "f1".`},
			"as configured, by",
		},
		"all values come later": {
			completedForm(nil),
			Planned{Unknown: []string{attrFormFields}},
			"", adopts,
			[]string{"Known only after apply: form_fields.", "the apply fails and sends no completion, unless the same apply"},
			"as configured, by",
		},
		"the decision comes later": {
			completedForm(approval),
			Planned{Unknown: []string{attrIsApproved}, ReopenOnDestroy: true},
			"", adopts,
			[]string{"Known only after apply: is_approved.", "the apply fails and sends no completion, unless the same apply", "A destroy with reopen_on_destroy"},
			"as configured, by",
		},
		"values are not shown": {
			completedForm(func(k *tallyfy.Task) { k.Taskdata, k.Form = nil, nil }),
			Planned{Desired: Desired{Taskdata: map[string]any{"f1": "x"}}},
			"", adopts,
			[]string{"Tallyfy does not show its values, so they were not compared."},
			"as configured",
		},
		"another value, and one comes later": {
			completedForm(nil),
			Planned{Desired: Desired{FormFields: map[string]any{"VPC id": "vpc-2", "Tier": Unknown{}}}},
			differs, "",
			[]string{"holds another value", sentNothing, "run terraform untaint first", "import the task first if it is not in the state", `The ID to import is "o/` + runID + "/" + taskID + `".`},
			"it is not in the state.",
		},
		"another value, reopens on destroy": {
			completedForm(nil),
			Planned{Desired: Desired{FormFields: map[string]any{"VPC id": "vpc-2"}}, ReopenOnDestroy: true},
			"", differs + "",
			[]string{"holds another value", "The apply fails and sends no completion, unless the same apply reopens the task first and completes it again. A destroy with reopen_on_destroy", "terraform untaint", "The ID to import is"},
			"Nothing was sent",
		},
		"the form is not shown": {completedForm(nil), Planned{}, "", adopts, nil, "not compared"},
		"by another completer": {
			completedForm(nil),
			Planned{Desired: Desired{OverrideUser: new(int64(1001))}},
			"", adopts,
			[]string{"was completed as configured except for override_user, by user 1005", "sends no completion, unless"},
			"",
		},
		"by the configured completer": {completedForm(nil), Planned{Desired: Desired{OverrideUser: new(int64(1005))}}, "", adopts, nil, "override_user"},
		"the completer comes later": {
			completedForm(nil),
			Planned{Unknown: []string{attrFormFields, attrOverrideUser}},
			"", adopts,
			[]string{"Known only after apply: form_fields. All other values are as configured except for override_user, as far as they are known."},
			"",
		},
		"a decision that has no effect": {
			completedForm(plain),
			Planned{Desired: Desired{IsApproved: new(true)}},
			"", "Decision Has No Effect on This Task",
			[]string{"records it as it is and sends no completion, unless"},
			"sent as configured",
		},
		"a decision that has no effect comes later": {
			completedForm(plain),
			Planned{Unknown: []string{attrIsApproved}},
			"", adopts,
			[]string{"was completed as configured, by user 1005"},
			"fails",
		},
		"an update to a decision that has no effect, which comes later": {
			completedForm(plain),
			Planned{Unknown: []string{attrIsApproved}, Recorded: &Desired{IsApproved: new(true)}},
			"", "Task Is Already as Configured",
			[]string{"differs from the state: is_approved. The task was completed", "no completion is sent"},
			"fire again",
		},
		"a decision that would expire it comes later": {
			completedForm(func(k *tallyfy.Task) { k.Type = "expiring" }),
			Planned{Unknown: []string{attrIsApproved}},
			"", expires,
			[]string{"is_approved is known only after apply. Applying this fails and sends nothing unless it is null then."},
			"as configured",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := predict(c.task, c.plan)
			if summaries(f.problems) != c.problems || !strings.HasPrefix(summaries(f.warnings), c.warnings) || c.warnings == "" && len(f.warnings) > 0 {
				t.Errorf("got %q and %q, want %q and %q", summaries(f.problems), summaries(f.warnings), c.problems, c.warnings)
			}
			text := details(Result{Warnings: append(f.problems, f.warnings...)})
			for _, part := range c.says {
				if !strings.Contains(text, part) {
					t.Errorf("%q is missing in:\n%s", part, text)
				}
			}
			if c.never != "" && strings.Contains(text, c.never) {
				t.Errorf("it says %q:\n%s", c.never, text)
			}
		})
	}
}

// All required fields of a task are in one message. Fields whose values are known only after apply
// are not in it.
func TestPredictRequiredFields(t *testing.T) {
	t.Parallel()
	const empty = "Required Field Is Empty"
	two := func() *tallyfy.Task {
		task := formTask()
		task.Form[5].Required, task.Form[6].Required = true, true // Region and Regions
		return task
	}
	for name, c := range map[string]struct {
		plan     Planned
		problems string
		warnings string
		lists    string // labels, in order
	}{
		"no value":              {Planned{}, "", empty + "", "VPC id|Region|Regions"},
		"null":                  {Planned{Desired: Desired{FormFields: map[string]any{"VPC id": nil}}}, empty, "", "VPC id|Region|Regions"},
		"empty text, empty set": {Planned{Desired: Desired{FormFields: map[string]any{"VPC id": " ", "Regions": []any{}, "f6": "us-west-2"}}}, empty, "", "Regions|VPC id"},
		"a secret null":         {Planned{Desired: Desired{SecretTaskdata: map[string]any{"f1": nil}, Taskdata: map[string]any{"f6": Unknown{}, "f7": Unknown{}}}}, empty, "", "VPC id"},
		"comes later":           {Planned{Desired: Desired{Taskdata: map[string]any{"f1": Unknown{}, "f6": Unknown{}, "f7": Unknown{}}}}, "", "", ""},
		"all come later":        {Planned{Unknown: []string{attrFormFields}}, "", "", ""},
		"all secrets too":       {Planned{Unknown: []string{attrSecretFormFields}}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := predict(two(), c.plan)
			if summaries(f.problems) != c.problems || summaries(f.warnings) != c.warnings {
				t.Errorf("got %q and %q, want %q and %q", summaries(f.problems), summaries(f.warnings), c.problems, c.warnings)
			}
			text, at := details(Result{Warnings: append(f.problems, f.warnings...)}), 0
			for label := range strings.SplitSeq(c.lists, "|") {
				found := strings.Index(text[at:], `"`+label+`" (`)
				if c.lists != "" && found < 0 {
					t.Fatalf("%s is missing in:\n%s", label, text)
				}
				at += max(found, 0)
			}
			if got, want := strings.Count(text, "  - "), len(strings.Split(c.lists, "|")); c.lists != "" && got != want {
				t.Errorf("%d fields are listed, want %d:\n%s", got, want, text)
			}
		})
	}
}

// A plan of an update predicts what the engine does about the task.
func TestPredictUpdate(t *testing.T) {
	t.Parallel()
	const (
		reopens = "Update Reopens the Task and Completes It Again"
		may     = "Update May Reopen the Task and Complete It Again"
		nothing = "Task Is Already as Configured"
	)
	named := func(value any) Desired { return Desired{FormFields: map[string]any{"VPC id": value}} }
	before := named("vpc-0")
	approval := func(k *tallyfy.Task) { k.Type, k.IsApproved, k.Form = tallyfy.TypeApproval, new(true), k.Form[:1] }
	for name, c := range map[string]struct {
		task      *tallyfy.Task
		before    Desired
		plan      Planned
		problems  string
		warnings  string
		attribute string
		says      []string
	}{
		"another value": {
			completedForm(nil), before,
			Planned{Desired: named("vpc-2")},
			"", reopens, attrFormFields + "/VPC id",
			[]string{`The configuration of task "Provision the VPC" (` + taskID + `) differs from the state: form_fields "VPC id".`, "reopens it, saves the values and completes it again", "fire again"},
		},
		"what it holds":                 {completedForm(nil), before, Planned{Desired: named("vpc-1")}, "", nothing, attrFormFields + "/VPC id", []string{"completed by user 1005", "only updates the state", "no completion is sent"}},
		"what it holds, spelled so":     {completedForm(nil), before, Planned{Desired: named(" vpc-1\r\n")}, "", nothing, attrFormFields + "/VPC id", nil},
		"no values any more":            {completedForm(nil), before, Planned{}, "", nothing, attrFormFields + "/VPC id", nil},
		"a value comes later":           {completedForm(nil), before, Planned{Desired: named(Unknown{})}, "", may, attrFormFields + "/VPC id", []string{`Known only after apply: form_fields "VPC id".`, "nothing is sent. Otherwise applying this reopens it"}},
		"the values come later":         {completedForm(nil), before, Planned{Unknown: []string{attrFormFields}}, "", may, attrFormFields, []string{"Known only after apply: form_fields.", "saves the values"}},
		"one comes later, one differs":  {completedForm(nil), before, Planned{Desired: Desired{FormFields: map[string]any{"VPC id": "vpc-2", "Tier": Unknown{}}}}, "", reopens, attrFormFields, []string{`differs from the state: form_fields "Tier", "VPC id".`}},
		"the completer comes later":     {completedForm(nil), before, Planned{Desired: named("vpc-0"), Unknown: []string{attrOverrideUser}}, "", reopens, attrOverrideUser, []string{"differs from the state: override_user."}},
		"another completer":             {completedForm(nil), named("vpc-1"), Planned{Desired: Desired{FormFields: named("vpc-1").FormFields, OverrideUser: new(int64(7))}}, "", reopens, attrOverrideUser, nil},
		"that completer":                {completedForm(nil), named("vpc-1"), Planned{Desired: Desired{FormFields: named("vpc-1").FormFields, OverrideUser: new(int64(1005))}}, "", nothing, attrOverrideUser, nil},
		"decision and value":            {completedForm(approval), before, Planned{Desired: Desired{IsApproved: new(false), FormFields: named("vpc-2").FormFields}}, "", reopens, attrIsApproved, []string{`differs from the state: is_approved, form_fields "VPC id".`}},
		"another version of a secret":   {completedForm(nil), Desired{}, Planned{Desired: Desired{SecretFormFields: named("vpc-2").FormFields, SecretFormFieldsVersion: new(int64(2))}}, "", reopens, "form_fields_wo_version", nil},
		"unknown label":                 {completedForm(nil), before, Planned{Desired: Desired{FormFields: map[string]any{"VPC id": "vpc-1", "Nix": "x"}}}, "Unknown Form Field", "", "form_fields/Nix", nil},
		"unknown ID":                    {completedForm(nil), before, Planned{Desired: Desired{Taskdata: map[string]any{"zz": "x"}}}, "Unknown Form Field", "", "taskdata/zz", nil},
		"unknown option":                {completedForm(nil), before, Planned{Desired: Desired{FormFields: map[string]any{"Tier": "x"}}}, "Invalid Form Value", "", "form_fields/Tier", nil},
		"required field emptied":        {completedForm(nil), before, Planned{Desired: named(nil)}, "Required Field Is Empty", "", attrFormFields + "/VPC id", nil},
		"another one is empty":          {completedForm(func(k *tallyfy.Task) { k.Form[2].Required = true }), before, Planned{Desired: named("vpc-2")}, "Required Field Is Empty", "", attrTaskID, []string{`"Contact"`}},
		"another may be given later":    {completedForm(func(k *tallyfy.Task) { k.Form[2].Required = true }), before, Planned{Desired: named("vpc-2"), Unknown: []string{attrSecretFormFields}}, "", reopens, attrFormFields + "/VPC id", nil},
		"decision is missing":           {completedForm(approval), Desired{IsApproved: new(true)}, Planned{Desired: named("vpc-2")}, "Approval Needs a Decision", "", attrIsApproved, nil},
		"decision comes later":          {completedForm(approval), Desired{IsApproved: new(true)}, Planned{Unknown: []string{attrIsApproved}}, "", may, attrIsApproved, nil},
		"expiring":                      {completedForm(func(k *tallyfy.Task) { k.Type = "expiring" }), before, Planned{Desired: Desired{IsApproved: new(false)}}, "Expiring Task Cannot Be Decided", "", attrIsApproved, nil},
		"archived":                      {completedForm(func(k *tallyfy.Task) { k.ArchivedAt = "2026" }), before, Planned{Desired: named("vpc-2")}, "Task Is Archived", "", attrTaskID, nil},
		"one-off, value comes later":    {completedForm(func(k *tallyfy.Task) { k.RunID = "" }), before, Planned{Desired: named(Unknown{})}, "", may, attrFormFields + "/VPC id", nil},
		"one-off without its owners":    {completedForm(func(k *tallyfy.Task) { k.RunID = "" }), before, Planned{Desired: named("vpc-2")}, "One-off Task Cannot Be Saved", "", attrFormFields, nil},
		"form is not shown":             {completedForm(func(k *tallyfy.Task) { k.Form = nil }), before, Planned{Desired: named("vpc-2")}, "Form Cannot Be Read", "", attrFormFields, nil},
		"open, everyone must complete":  {completedForm(func(k *tallyfy.Task) { k.Status, k.CompletedAt = "in-progress", "" }), before, Planned{Desired: named("vpc-2")}, "", "Update Completes the Open Task", attrFormFields + "/VPC id", []string{`shows the task as "in-progress"`, "reopens nothing, and sends another completion"}},
		"hidden by an automation":       {completedForm(func(k *tallyfy.Task) { k.Status, k.CompletedAt = "auto-skipped", "" }), before, Planned{Desired: named("vpc-2")}, "", "Update Completes the Open Task|Task Is Hidden", attrFormFields + "/VPC id", []string{"fails unless an automation shows the task by then"}},
		"decision on another type":      {completedForm(func(k *tallyfy.Task) { k.Type = "task" }), named("vpc-1"), Planned{Desired: Desired{IsApproved: new(true), FormFields: named("vpc-2").FormFields}}, "", "Decision Has No Effect on This Task|" + reopens, attrIsApproved, nil},
		"ids instead of names":          {completedForm(nil), named("vpc-1"), Planned{Desired: Desired{Taskdata: map[string]any{"f1": "vpc-1"}}}, "", nothing, attrFormFields + "/VPC id", []string{`differs from the state: form_fields "VPC id", taskdata "f1".`}},
		"options in another order":      {completedForm(func(k *tallyfy.Task) { k.Taskdata["f7"] = regions() }), Desired{FormFields: map[string]any{"Regions": []any{"us-west-2", "eu-central-1"}}}, Planned{Desired: Desired{FormFields: map[string]any{"Regions": []any{"eu-central-1", "us-west-2"}}}}, "", nothing, attrFormFields + "/Regions", nil},
		"values of another kind, later": {completedForm(nil), before, Planned{Desired: named("vpc-1"), Unknown: []string{"taskdata_wo_version"}}, "", may, attrFormFields + "/VPC id", []string{"Known only after apply: taskdata_wo_version."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.plan.Recorded, c.plan.Task = &c.before, tallyfy.TaskRef{Task: taskID, Run: c.task.RunID}
			f := predict(c.task, c.plan)
			if summaries(f.problems) != c.problems || summaries(f.warnings) != c.warnings {
				t.Fatalf("got %q and %q, want %q and %q", summaries(f.problems), summaries(f.warnings), c.problems, c.warnings)
			}
			all := append(f.problems, f.warnings...)
			if at := strings.Trim(all[0].Attribute+"/"+all[0].Key, "/"); at != c.attribute {
				t.Errorf("it is about %s, want %s", at, c.attribute)
			}
			for _, part := range c.says {
				if text := details(Result{Warnings: all}); !strings.Contains(text, part) {
					t.Errorf("%q is missing in:\n%s", part, text)
				}
			}
			if f.reliable != strings.HasSuffix(c.warnings, reopens) {
				t.Errorf("reliable is %t", f.reliable)
			}
		})
	}
}
