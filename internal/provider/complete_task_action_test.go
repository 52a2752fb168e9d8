// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const (
	completeTaskName = "tallyfy_complete_task"
	completionName   = "tallyfy_task_completion"
)

// session returns a configured provider, for one apply or query.
func (h *harness) session(more prototest.Attributes) *prototest.Session {
	h.Helper()
	settings := prototest.Attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": h.URL()}
	for name, value := range more {
		settings[name] = value
	}
	session, said, err := prototest.Begin(h.Context(), New("test"), settings)
	if err != nil || len(said) > 0 {
		h.Fatalf("%v\n%s", err, said)
	}
	return session
}

// invoked is what an invocation reported.
type invoked struct {
	progress []string
	said     prototest.Diagnostics
}

func (h *harness) invoke(session *prototest.Session, block prototest.Attributes) invoked {
	h.Helper()
	progress, said, err := session.InvokeAction(h.Context(), completeTaskName, block)
	if err != nil {
		h.Fatal(err)
	}
	return invoked{progress, said}
}

// textObject returns an object of strings, for a dynamic attribute.
func textObject(members map[string]string) tftypes.Value {
	types, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
	for name, value := range members {
		types[name], values[name] = tftypes.String, tftypes.NewValue(tftypes.String, value)
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
}

// TestActionCompletesATask invokes the action on each kind of task, and a second time.
func TestActionCompletesATask(t *testing.T) {
	t.Parallel()
	run := sandbox.SeedRunID
	for name, c := range map[string]struct {
		task  string
		block prototest.Attributes
		steps []string
		puts  int
	}{
		"plain": {sandbox.SeedPlainTaskID, prototest.Attributes{"run_id": run}, []string{
			"Reading task " + sandbox.SeedPlainTaskID + " of process " + run,
			"Completing task " + sandbox.SeedPlainTaskID + " of process " + run,
		}, 0},
		"process unknown": {sandbox.SeedPlainTaskID, nil, []string{
			"Reading task " + sandbox.SeedPlainTaskID,
			"Completing task " + sandbox.SeedPlainTaskID + " of process " + run,
		}, 0},
		"approval": {sandbox.SeedApprovalTaskID, prototest.Attributes{"is_approved": false, "override_user": sandbox.SeedColleagueID}, []string{
			"Reading task " + sandbox.SeedApprovalTaskID,
			"Completing task " + sandbox.SeedApprovalTaskID + " of process " + run,
		}, 0},
		"one-off": {sandbox.SeedOneOffTaskID, prototest.Attributes{"form_fields": textObject(map[string]string{"Key fingerprint": "SHA256:1"})}, []string{
			"Reading task " + sandbox.SeedOneOffTaskID,
			"Saving the field values of task " + sandbox.SeedOneOffTaskID,
			"Completing task " + sandbox.SeedOneOffTaskID,
		}, 1},
		"values": {sandbox.SeedVPCTaskID, prototest.Attributes{"taskdata": textObject(map[string]string{sandbox.SeedVPCIDField: "vpc-1"})}, []string{
			"Reading task " + sandbox.SeedVPCTaskID,
			"Saving the field values of task " + sandbox.SeedVPCTaskID + " of process " + run,
			"Completing task " + sandbox.SeedVPCTaskID + " of process " + run,
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			block := prototest.Attributes{"task_id": c.task}
			for attribute, value := range c.block {
				block[attribute] = value
			}
			session := h.session(nil)
			if said, err := session.PlanAction(t.Context(), completeTaskName, block); err != nil || said.Failed() {
				t.Fatalf("planning: %v\n%s", err, said)
			}
			if n := h.Count("", "") - h.Count(http.MethodGet, ""); n != 0 {
				t.Fatalf("planning sent %d requests that may change something", n)
			}
			got := h.invoke(h.session(nil), block) // Terraform invokes it in another process
			held, _ := h.Task(c.task)
			want := append(slices.Clone(c.steps), `Task "`+held.Title+`" (`+c.task+`) is completed, since `+held.CompletedAt)
			if len(got.said) > 0 || strings.Join(got.progress, "\n") != strings.Join(want, "\n") {
				t.Errorf("said %q, progress\n%s\nwant\n%s", got.said, strings.Join(got.progress, "\n"), strings.Join(want, "\n"))
			}
			if held.CompletedAt == "" || h.Webhooks(c.task) != 1 || h.Count(http.MethodPost, "") != 1 || h.Count(http.MethodPut, "") != c.puts {
				t.Errorf("completed at %q, %d webhooks, %d × POST, %d × PUT", held.CompletedAt, h.Webhooks(c.task), h.Count(http.MethodPost, ""), h.Count(http.MethodPut, ""))
			}
			if c.block["is_approved"] != nil && (held.IsApproved == nil || *held.IsApproved || held.CompleterID != sandbox.SeedColleagueID) {
				t.Errorf("decided %v by %d", held.IsApproved, held.CompleterID)
			}

			again := h.invoke(h.session(nil), block) // another apply
			warning := "Warning: Task Was Already Completed: "
			if len(again.said) != 1 || again.said.Failed() || !strings.HasPrefix(again.said.String(), warning) || strings.Contains(again.said.String(), "record") {
				t.Errorf("the second invocation said %q", again.said)
			}
			if !slices.ContainsFunc(again.progress, func(line string) bool {
				return strings.HasPrefix(line, warning) && strings.Contains(line, held.CompletedAt)
			}) {
				t.Errorf("the warning is not among the progress: %q", again.progress)
			}
			if h.Count(http.MethodPost, "") != 1 || h.Webhooks(c.task) != 1 {
				t.Errorf("the second invocation sent a completion")
			}
		})
	}
}

// TestActionAndResourceSendOneCompletion has a resource and an action for one task in one apply, in
// either order and side by side.
func TestActionAndResourceSendOneCompletion(t *testing.T) {
	t.Parallel()
	block := prototest.Attributes{"task_id": sandbox.SeedVPCTaskID, "form_fields": textObject(map[string]string{"VPC id": "vpc-1"})}
	for name, order := range map[string]string{"the resource first": "ra", "the action first": "ar", "two actions": "aa", "side by side": "|"} {
		for lag, config := range map[string]sandbox.Config{"": {}, ", reads lag": {ReadLag: 2}} {
			t.Run(name+lag, func(t *testing.T) {
				t.Parallel()
				h := newHarness(t, config)
				session := h.session(prototest.Attributes{"preflight": false})
				create := func() {
					if said, err := session.Create(t.Context(), completionName, block); err != nil || said.Failed() {
						t.Errorf("creating: %v\n%s", err, said)
					}
				}
				invoke := func() {
					if _, said, err := session.InvokeAction(t.Context(), completeTaskName, block); err != nil || said.Failed() {
						t.Errorf("invoking: %v\n%s", err, said)
					}
				}
				if order == "|" {
					var both sync.WaitGroup
					both.Go(create)
					both.Go(invoke)
					both.Wait()
				}
				for _, step := range strings.Trim(order, "|") {
					map[rune]func(){'r': create, 'a': invoke}[step]()
				}
				if n := h.Count(http.MethodPost, ""); n != 1 || h.Webhooks(sandbox.SeedVPCTaskID) != 1 {
					t.Errorf("%d × POST, %d webhooks", n, h.Webhooks(sandbox.SeedVPCTaskID))
				}
			})
		}
	}
}

// TestActionFails reads the errors of failed invocations. They state that Terraform does not repeat
// the action, and mention no record.
func TestActionFails(t *testing.T) {
	t.Parallel()
	plain := prototest.Attributes{"task_id": sandbox.SeedPlainTaskID, "run_id": sandbox.SeedRunID}
	for name, c := range map[string]struct {
		block  prototest.Attributes
		before func(*harness)
		want   []string
		posts  int
	}{
		"rejected": {plain, func(h *harness) {
			h.Inject(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnprocessableEntity, Body: `{"message":"No."}`})
		}, []string{"Task Was Not Completed", "then invoke the action again.", "Tallyfy said: No."}, 1},
		"completed differently": {prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID, "is_approved": true}, func(h *harness) {
			h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(false))
		}, []string{"Task Is Already Completed Differently", "change it to match the task"}, 0},
		"no decision": {prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID}, nil, []string{"Approval Needs a Decision"}, 0},
		"two faults of values": {
			prototest.Attributes{"task_id": sandbox.SeedVPCTaskID, "form_fields": textObject(map[string]string{"VPC": "1", "Zone": "2"})},
			nil,
			[]string{"Unknown Form Field", `"VPC"`, `"Zone"`},
			0,
		},
		"no time": {prototest.Attributes{"task_id": sandbox.SeedPlainTaskID, "timeouts": tftypes.NewValue(
			tftypes.Object{AttributeTypes: map[string]tftypes.Type{"invoke": tftypes.String}},
			map[string]tftypes.Value{"invoke": tftypes.NewValue(tftypes.String, "1ns")})}, nil, []string{"Task Could Not Be Read"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			if c.before != nil {
				c.before(h)
			}
			got := h.invoke(h.session(nil), c.block)
			told := got.said.String()
			for _, want := range append(c.want, "-invoke='ADDRESS', with the address that Terraform shows") {
				if !got.said.Failed() || !strings.Contains(told, want) {
					t.Errorf("%q is not in\n%s", want, told)
				}
			}
			for _, never := range []string{"apply again", "Apply again", "in the state", "is recorded", "import the task"} {
				if strings.Contains(told, never) {
					t.Errorf("%q is in\n%s", never, told)
				}
			}
			if n := h.Count(http.MethodPost, ""); n != c.posts || strings.Count(told, "-invoke=") != 1 {
				t.Errorf("%d × POST, and it said\n%s", n, told)
			}
		})
	}
}

// TestActionIsCheckedWhilePlanned reads the messages of plans.
func TestActionIsCheckedWhilePlanned(t *testing.T) {
	t.Parallel()
	unknown := func(t tftypes.Type) tftypes.Value { return tftypes.NewValue(t, tftypes.UnknownValue) }
	completed := func(h *harness) { h.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil) }
	for name, c := range map[string]struct {
		block    prototest.Attributes
		settings prototest.Attributes
		before   func(*harness)
		want     string // nothing if empty
		silent   bool   // no request
	}{
		"fine":        {block: prototest.Attributes{"task_id": sandbox.SeedPlainTaskID}},
		"no decision": {block: prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID, "run_id": sandbox.SeedRunID}, want: "Error: Approval Needs a Decision"},
		"decision unknown": {
			block:  prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID, "is_approved": unknown(tftypes.Bool)},
			before: func(h *harness) { h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(true)) }, want: "Warning: Task Is Already Completed",
		},
		"unknown field":        {block: prototest.Attributes{"task_id": sandbox.SeedVPCTaskID, "form_fields": textObject(map[string]string{"VPC": "1"})}, want: "Error: Unknown Form Field"},
		"already completed":    {block: prototest.Attributes{"task_id": sandbox.SeedPlainTaskID}, before: completed, want: "Warning: Task Is Already Completed"},
		"no such task":         {block: prototest.Attributes{"task_id": "nothing"}, want: "Warning: Task Cannot Be Found"},
		"task unknown":         {block: prototest.Attributes{"task_id": unknown(tftypes.String), "run_id": sandbox.SeedRunID}, silent: true},
		"process unknown":      {block: prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID, "run_id": unknown(tftypes.String)}, silent: true},
		"organization unknown": {block: prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID, "organization_id": unknown(tftypes.String)}, silent: true},
		"provider unknown": {
			block: prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID}, settings: prototest.Attributes{"organization_id": unknown(tftypes.String)}, silent: true,
		},
		"no preflight": {block: prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID}, settings: prototest.Attributes{"preflight": false}, silent: true},
		"no organization": {
			block: prototest.Attributes{"task_id": sandbox.SeedPlainTaskID}, settings: prototest.Attributes{"organization_id": nil},
			want: "Error: Missing Organization: It is not known which organization to use: neither the action", silent: true,
		},
		"malformed ID":     {block: prototest.Attributes{"task_id": "a/b"}, want: "Error: Invalid ID", silent: true},
		"both values":      {block: prototest.Attributes{"task_id": "t", "taskdata": textObject(nil), "form_fields": textObject(nil)}, want: "Error: Invalid Attribute Combination", silent: true},
		"negative timeout": {block: prototest.Attributes{"task_id": "t", "timeouts": tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"invoke": tftypes.String}}, map[string]tftypes.Value{"invoke": tftypes.NewValue(tftypes.String, "-1s")})}, want: "Error: Invalid", silent: true},
		"Tallyfy is away":  {block: prototest.Attributes{"task_id": sandbox.SeedApprovalTaskID}, before: func(h *harness) { h.Inject(sandbox.Fault{Status: 502, Times: -1}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			if c.before != nil {
				c.before(h)
			}
			h.ResetJournal()
			said, err := h.session(c.settings).PlanAction(t.Context(), completeTaskName, c.block)
			if err != nil || c.want == "" && len(said) > 0 || !strings.Contains(said.String(), c.want) {
				t.Errorf("got %v\n%s\nwant %q", err, said, c.want)
			}
			if strings.Contains(said.String(), "record") {
				t.Errorf("an action records nothing:\n%s", said)
			}
			if writes := h.Count("", "") - h.Count(http.MethodGet, ""); writes != 0 || (h.Count("", "") == 0) != c.silent {
				t.Errorf("%d writes among %d requests", writes, h.Count("", ""))
			}
		})
	}
}

// TestActionSchemaFollowsTheResource compares the arguments of the action with those of the
// resource that a create uses.
func TestActionSchemaFollowsTheResource(t *testing.T) {
	t.Parallel()
	schemas, err := providerserver.NewProtocol6(New("test")())().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]*tfprotov6.SchemaAttribute{}
	for _, attribute := range schemas.ActionSchemas[completeTaskName].Schema.Block.Attributes {
		of[attribute.Name] = attribute
	}
	for _, attribute := range schemas.ResourceSchemas[completionName].Block.Attributes {
		configurable := (attribute.Required || attribute.Optional) && !strings.Contains(attribute.Name, "_wo") && attribute.Name != "reopen_on_destroy"
		twin := of[attribute.Name]
		if (twin != nil) != configurable {
			t.Errorf("%s: the action has it: %t", attribute.Name, twin != nil)
			continue
		}
		if twin != nil && (!twin.Type.Equal(attribute.Type) || twin.Required != attribute.Required || twin.Computed || twin.WriteOnly) {
			t.Errorf("%s: got %+v, and the resource has %+v", attribute.Name, twin, attribute)
		}
		delete(of, attribute.Name)
	}
	if len(of) > 0 {
		t.Errorf("the resource does not have %v", of)
	}
}

// TestActionIsValidatedBeforeItIsInvoked invokes actions with values that were unknown while they
// were validated. Nothing is sent.
func TestActionIsValidatedBeforeItIsInvoked(t *testing.T) {
	t.Parallel()
	within := func(text string) tftypes.Value {
		typ := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"invoke": tftypes.String}}
		return tftypes.NewValue(typ, map[string]tftypes.Value{"invoke": tftypes.NewValue(tftypes.String, text)})
	}
	for name, c := range map[string]struct {
		block prototest.Attributes
		want  string
	}{
		"task":             {prototest.Attributes{"task_id": "a/b"}, "Error: Invalid I"},
		"no task":          {prototest.Attributes{"task_id": nil}, "Error: Invalid I"},
		"process":          {prototest.Attributes{"run_id": " "}, "Error: Invalid I"},
		"organization":     {prototest.Attributes{"organization_id": ".."}, "Error: Invalid I"},
		"negative user":    {prototest.Attributes{"override_user": -5}, "override_user value must be at least 1"},
		"half a user":      {prototest.Attributes{"override_user": tftypes.NewValue(tftypes.Number, 1002.5)}, "override_user cannot be used: it is not a whole number"},
		"name of a field":  {prototest.Attributes{"form_fields": textObject(map[string]string{" ": "x"})}, "Error: Invalid Field Name"},
		"ID of a field":    {prototest.Attributes{"taskdata": textObject(map[string]string{"": "x"})}, "Error: Invalid Field Name"},
		"values not a map": {prototest.Attributes{"taskdata": tftypes.NewValue(tftypes.String, "x")}, "Error: Invalid Field Values"},
		"both values": {
			prototest.Attributes{"taskdata": textObject(map[string]string{sandbox.SeedVPCIDField: "a"}), "form_fields": textObject(map[string]string{"VPC id": "b"})},
			"Error: Invalid Attribute Combination",
		},
		"timeout": {prototest.Attributes{"timeouts": within("-1s")}, "Error: Invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			block := prototest.Attributes{"task_id": sandbox.SeedVPCTaskID}
			for attribute, value := range c.block {
				block[attribute] = value
			}
			got := h.invoke(h.session(nil), block)
			if !got.said.Failed() || len(got.said) != 1 || !strings.Contains(got.said.String(), c.want) || !strings.Contains(got.said.String(), "-invoke='ADDRESS'") || len(got.progress) > 0 {
				t.Errorf("said %q, progress %q", got.said, got.progress)
			}
			if n := h.Count("", ""); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}
