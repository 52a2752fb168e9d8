// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestImportByEachForm(t *testing.T) {
	t.Parallel()
	org, run := sandbox.DefaultOrganization, sandbox.SeedRunID
	for _, c := range []struct{ lines, id string }{
		{plainTask, org + "/" + run + "/" + sandbox.SeedPlainTaskID},
		{plainTask, run + "/" + sandbox.SeedPlainTaskID},
		{plainTask, sandbox.SeedPlainTaskID},
		{approval + "\n  is_approved = false", sandbox.SeedApprovalTaskID},
		{oneOff, org + "//" + sandbox.SeedOneOffTaskID},
		{oneOff, sandbox.SeedOneOffTaskID},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.run(
				resource.TestStep{Config: h.task(c.lines)},
				resource.TestStep{
					ResourceName: it, ImportState: true, ImportStateId: c.id, ImportStateVerify: true,
					ImportStateVerifyIgnore: []string{"tasks_changed_by_rules"}, // only the response to the completion contains it
				})
			if err := h.writes("POST"); err != nil {
				t.Error(err)
			}
		})
	}
}

// The import of a task that was completed outside of Terraform does not complete it again, even
// with values.
func TestImportWithValuesSendsNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Update(sandbox.SeedVPCTaskID, func(task *sandbox.Task) {
		task.Taskdata = map[string]any{sandbox.SeedVPCIDField: "vpc-1", sandbox.SeedVPCNotesField: "by hand"}
	})
	h.CompleteOutside(sandbox.SeedVPCTaskID, sandbox.SeedColleagueID, nil)
	config := h.task(vpcTask, vpcValue(`"vpc-1"`))
	h.run(
		resource.TestStep{
			Config: config, ResourceName: it, ImportState: true, ImportStateId: sandbox.SeedVPCTaskID, ImportStatePersist: true,
		},
		resource.TestStep{ // the plan shows the values as new, because an import cannot know which of them are configured
			Config:           config,
			ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				h.wrote(), h.fired(sandbox.SeedVPCTaskID, 1), expect("completer_id", knownvalue.Int64Exact(sandbox.SeedColleagueID)),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: action(plancheck.ResourceActionNoop)},
	)
}

// An import and an apply replace the decision of a person.
func TestImportAndChangeADecision(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(false))
	config := h.task(approval, "is_approved = true")
	h.run(
		resource.TestStep{Config: config, ExpectError: spaced("Already Completed Differently", "the task was rejected", `The ID to import is`, fmt.Sprintf("%q", sandbox.DefaultOrganization+"/"+sandbox.SeedRunID+"/"+sandbox.SeedApprovalTaskID))},
		resource.TestStep{Config: config, ResourceName: it, ImportState: true, ImportStateId: sandbox.SeedApprovalTaskID, ImportStatePersist: true},
		resource.TestStep{
			Config:            config,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(it, plancheck.ResourceActionUpdate)}},
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("DELETE", "POST"), expect("is_approved", knownvalue.Bool(true))},
		})
}

func TestImportRejectsInvalidIDs(t *testing.T) {
	t.Parallel()
	for id, says := range map[string]string{
		sandbox.SeedPlainTaskID:              `(?s)Task Is Not Completed.*There\s+is\s+no\s+completion\s+to\s+import`,
		"7a5c000000000000000000000000dead":   `(?s)Task Could Not Be Imported.*404\s+Not\s+Found`,
		"a/b/c/d":                            `(?s)Invalid Import ID.*it\s+has\s+4\s+parts.*in\s+one\s+of\s+these\s+forms`,
		"a/ /c":                              `(?s)Invalid Import ID.*whitespace`,
		"/" + sandbox.SeedPlainTaskID:        `(?s)Invalid Import ID.*it\s+is\s+empty`,
		"a/b/..":                             `(?s)Invalid Import ID.*a\s+path,\s+not\s+an\s+ID`,
		"//" + sandbox.SeedOneOffTaskID:      `(?s)Invalid Import ID`,
		sandbox.SeedRunID + "/x%2f/bbbb":     `(?s)Invalid Import ID`,
		"wrong//" + sandbox.SeedOneOffTaskID: `(?s)Task Could Not Be Imported.*403\s+Forbidden`,
	} {
		t.Run(fmt.Sprintf("%q", id), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.run(resource.TestStep{Config: h.task(plainTask), ResourceName: it, ImportState: true, ImportStateId: id, ExpectError: regexp.MustCompile(says)})
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

// An incomplete import is an error that states the accepted forms. Errors of imports do not contain
// the advice for a move.
func TestImportErrorsStateTheForms(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	with := func(organization any) attributes {
		settings := h.settings()
		settings["organization_id"] = organization
		return settings
	}
	for name, c := range map[string]struct {
		settings attributes
		id       string
		words    []string
	}{
		"no ID":              {with(sandbox.DefaultOrganization), "", []string{`Invalid Import ID: The ID "" cannot be imported: it is empty`, "<process ID>/<task ID>", "<organization ID>//<task ID>"}},
		"no organization":    {with(nil), "t", []string{`Missing Organization: The ID "t" names no organization, and the provider has no organization_id`}},
		"organization later": {with(unknown), "t", []string{"Provider Configuration Is Not Known", `The ID "t" names no organization, and the provider's organization_id is known only after apply`}},
		"an open task":       {with(sandbox.DefaultOrganization), sandbox.SeedPlainTaskID, []string{"Task Is Not Completed", "There is no completion to import.", "remove the import and apply"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terraform := h.terraform(c.settings)
			said, err := terraform.Import(t.Context(), c.id)
			if err != nil || len(said) != 1 || !said.Failed() || !spaced(c.words...).MatchString(said.String()) || strings.Contains(said.String(), "moved") || terraform.State != nil {
				t.Errorf("said %s, %v", said, err)
			}
		})
	}
}

// The error about an open task advises what to do with a moved block. A move leaves no private
// state for the next read.
func TestErrorOfAMovedOpenTask(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	from := restapi(fmt.Sprintf(`{"path":"/organizations/%s/runs/%s/completed-tasks","data":"{\"task_id\":\"%s\"}"}`, sandbox.DefaultOrganization, sandbox.SeedRunID, sandbox.SeedPlainTaskID))
	terraform := h.terraform(h.settings())
	h.must(terraform.Move(t.Context(), from))
	said := h.must(terraform.Refresh(t.Context()))
	if !said.Failed() || !strings.Contains(said.String(), "replace the moved block with a removed block with destroy = false") {
		t.Errorf("said %s", said)
	}
	h.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil)
	if said = h.must(terraform.Refresh(t.Context())); len(said) != 0 {
		t.Errorf("said %s", said)
	}
	if private := terraform.Private(); len(private) != 0 {
		t.Errorf("it leaves %q in the state", private)
	}
}
