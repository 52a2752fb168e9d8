// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// Each error about a refused token names the source of the token, whatever the operation was, and
// never quotes the token.
func TestErrorOfARefusedTokenNamesItsSource(t *testing.T) {
	const secret = "s3cr3t-t0ken"
	operations := map[string]func(*harness, attributes) prototest.Diagnostics{
		"create": func(h *harness, settings attributes) prototest.Diagnostics {
			terraform := h.terraform(settings)
			plan, err := terraform.PlanAsRecorded(h.Context(), configured())
			if err != nil || plan.Failed() {
				h.Fatal(plan, err)
			}
			return h.must(terraform.Apply(h.Context(), plan))
		},
		"refresh": func(h *harness, settings attributes) prototest.Diagnostics {
			terraform := h.terraform(settings)
			terraform.Record(completedState())
			return h.must(terraform.Refresh(h.Context()))
		},
		"import": func(h *harness, settings attributes) prototest.Diagnostics {
			terraform := h.terraform(settings)
			terraform.Record(attributes{"organization_id": "o", "task_id": "t"})
			return h.must(terraform.Refresh(h.Context()))
		},
		"destroy": func(h *harness, settings attributes) prototest.Diagnostics {
			terraform := h.terraform(settings)
			state := completedState()
			state["reopen_on_destroy"] = true
			terraform.Record(state)
			plan, err := terraform.PlanAsRecorded(h.Context(), nil)
			if err != nil {
				h.Fatal(err)
			}
			return h.must(terraform.Apply(h.Context(), plan))
		},
		"tallyfy_task": func(h *harness, settings attributes) prototest.Diagnostics {
			_, said := h.dataBy(settings, "tallyfy_task", attributes{"task_id": "t"})
			return said
		},
		"tallyfy_tasks": func(h *harness, settings attributes) prototest.Diagnostics {
			_, said := h.dataBy(settings, "tallyfy_tasks", attributes{})
			return said
		},
		"tallyfy_run": func(h *harness, settings attributes) prototest.Diagnostics {
			_, said := h.dataBy(settings, "tallyfy_run", attributes{"run_id": "r"})
			return said
		},
	}
	for name, c := range map[string]struct {
		block       attributes
		environment map[string]string
		want        string
	}{
		"block":             {attributes{"access_token": secret}, nil, "Token from: access_token in the provider block"},
		"access token":      {nil, map[string]string{envAccessToken: secret}, "Token from: the environment variable TALLYFY_ACCESS_TOKEN"},
		"API token":         {nil, map[string]string{envAPIToken: secret}, "Token from: the environment variable TALLYFY_API_TOKEN"},
		"both credentials":  {attributes{"client_id": "1", "client_secret": secret}, nil, "Token from: client_id and client_secret in the provider block"},
		"mixed credentials": {attributes{"client_id": "1"}, map[string]string{envClientSecret: secret}, "Token from: client_id in the provider block and the environment variable TALLYFY_CLIENT_SECRET"},
	} {
		for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
			for doing, operation := range operations {
				t.Run(fmt.Sprintf("%s, %d, %s", name, status, doing), func(t *testing.T) {
					h := newHarness(t, sandbox.Config{})
					h.Inject(sandbox.Fault{PathPart: "organizations", Status: status, Times: -1, Body: `{"message":"no"}`})
					if status == http.StatusUnauthorized {
						h.Inject(sandbox.Fault{PathPart: "oauth", Status: status, Times: -1, Body: `{"error":"invalid_client"}`})
					}
					settings := attributes{"base_url": h.URL(), "organization_id": "o", "max_retries": 0, "preflight": false}
					for key, value := range c.block {
						settings[key] = value
					}
					if settings["client_id"] != nil {
						settings["token_url"] = h.URL() + "/oauth/token"
						if status == http.StatusForbidden {
							settings["token_url"] = h.grantingAnything()
						}
					}
					for variable, value := range c.environment {
						t.Setenv(variable, value)
					}
					said := operation(h, settings)
					if !said.Failed() || !strings.Contains(said.String(), c.want) || strings.Contains(said.String(), secret) {
						t.Errorf("said %s, want %q", said, c.want)
					}
					if doing == "refresh" && !strings.Contains(said.String(), "use -refresh=false") {
						t.Errorf("it does not say what to do: %s", said)
					}
				})
			}
		}
	}
}

func (h *harness) terraform(settings attributes) *prototest.Terraform {
	h.Helper()
	terraform, err := prototest.New(h.Context(), New("test"), settings, "tallyfy_task_completion")
	if err != nil {
		h.Fatal(err)
	}
	return terraform
}

func (h *harness) must(said prototest.Diagnostics, err error) prototest.Diagnostics {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
	return said
}

// grantingAnything returns the URL of a sandbox that grants a token for any credentials.
func (h *harness) grantingAnything() string {
	grants := newHarness(h.T, sandbox.Config{})
	grants.Inject(sandbox.Fault{PathPart: "oauth", Status: http.StatusOK, Times: -1, Body: `{"access_token":"granted","token_type":"Bearer","expires_in":604800}`})
	return grants.URL() + "/oauth/token"
}

// An error that is not about the token does not name its source.
func TestOtherErrorsDoNotNameTheTokenSource(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	_, said := h.data("tallyfy_task", attributes{"task_id": "gone"})
	if !said.Failed() || strings.Contains(said.String(), "Token from") {
		t.Error(said)
	}
}

// Every operation that sends a request needs a token. A destroy that sends nothing does not.
func TestMissingTokenSendsNoRequest(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	bare := func(blocks string) string {
		return fmt.Sprintf("provider \"tallyfy\" {\n  organization_id = %q\n  base_url = %q\n  preflight = false\n}\n%s", sandbox.DefaultOrganization, h.URL(), blocks)
	}
	missing := spaced("Missing Access Token", "terraform destroy -refresh=false")
	h.run(
		resource.TestStep{Config: h.task(plainTask)},
		resource.TestStep{Config: bare(block(plainTask)), PlanOnly: true, ExpectError: missing},                                                                  // a refresh
		resource.TestStep{Config: bare(block(vpcTask, vpcValue(`"vpc-1"`))), PlanOnly: true, ExpectError: missing},                                               // a create
		resource.TestStep{Config: bare(fmt.Sprintf("data \"tallyfy_run\" \"it\" {\n  run_id = %q\n}", sandbox.SeedRunID)), PlanOnly: true, ExpectError: missing}, // a data source
		resource.TestStep{Config: bare(block(plainTask)), ResourceName: it, ImportState: true, ImportStateId: sandbox.SeedPlainTaskID, ExpectError: missing},
	)
	if err := h.writes("POST"); err != nil { // the first step's
		t.Error(err)
	}
}

// A plan reports a missing token once, however many blocks need it.
func TestMissingTokenIsReportedOncePerPlan(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	blocks := ""
	for i := range 5 {
		blocks += strings.Replace(block(fmt.Sprintf("task_id = \"t%d\"", i)), `"it"`, fmt.Sprintf(`"it%d"`, i), 1)
	}
	reported := 0
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		ErrorCheck: func(err error) error {
			reported += strings.Count(err.Error(), "Missing Access Token")
			return nil
		},
		Steps: []resource.TestStep{{Config: fmt.Sprintf("provider \"tallyfy\" {\n  organization_id = \"o\"\n  base_url = %q\n}\n%s", h.URL(), blocks), PlanOnly: true}},
	})
	if reported != 1 || len(h.Journal()) != 0 {
		t.Errorf("it was reported %d times, after %d requests", reported, len(h.Journal()))
	}
}

// A refresh of several completions fails with this error only.
func TestMissingTokenIsTheOnlyErrorOfARefresh(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	blocks := block(plainTask) + strings.Replace(block(oneOff), `"it"`, `"other"`, 1)
	bare := fmt.Sprintf("provider \"tallyfy\" {\n  organization_id = %q\n  base_url = %q\n}\n%s", sandbox.DefaultOrganization, h.URL(), blocks)
	failed := ""
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		ErrorCheck: func(err error) error {
			failed = err.Error()
			return nil
		},
		Steps: []resource.TestStep{{Config: h.config(blocks)}, {Config: bare, PlanOnly: true}},
	})
	if !strings.Contains(failed, "Missing Access Token") || strings.Count(failed, "Error: ") != 1 {
		t.Errorf("the refresh fails with:\n%s", failed)
	}
}

// An operation that would seem successful without an error reports it each time.
func TestMissingTokenFailsEachOperation(t *testing.T) {
	t.Parallel()
	settings := attributes{"organization_id": "o"}
	for name, operation := range map[string]func(*testing.T, *prototest.Terraform) (prototest.Diagnostics, error){
		"create": func(t *testing.T, terraform *prototest.Terraform) (prototest.Diagnostics, error) {
			plan, err := terraform.PlanAsRecorded(t.Context(), configured())
			if err != nil || !plan.Failed() {
				t.Error("the plan is green")
			}
			return plan.Diagnostics, err
		},
		"update": func(t *testing.T, terraform *prototest.Terraform) (prototest.Diagnostics, error) {
			terraform.Record(completedState())
			plan, err := terraform.PlanAsRecorded(t.Context(), attributes{"task_id": "t", "run_id": "r", "is_approved": false})
			return plan.Diagnostics, err
		},
		"refresh": func(t *testing.T, terraform *prototest.Terraform) (prototest.Diagnostics, error) {
			terraform.Record(completedState())
			return terraform.Refresh(t.Context())
		},
		"import": func(t *testing.T, terraform *prototest.Terraform) (prototest.Diagnostics, error) {
			terraform.Record(attributes{"organization_id": "o", "task_id": "t"})
			return terraform.Refresh(t.Context())
		},
		"destroy that reopens": func(t *testing.T, terraform *prototest.Terraform) (prototest.Diagnostics, error) {
			state := completedState()
			state["reopen_on_destroy"] = true
			terraform.Record(state)
			plan, err := terraform.PlanAsRecorded(t.Context(), nil)
			return plan.Diagnostics, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			terraform, err := prototest.New(t.Context(), New("test"), settings, "tallyfy_task_completion")
			if err != nil {
				t.Fatal(err)
			}
			if said, err := operation(t, terraform); err != nil || !said.Failed() || !strings.Contains(said.String(), "Missing Access Token") {
				t.Errorf("%s, %v", said, err)
			}
		})
	}
	terraform, err := prototest.New(t.Context(), New("test"), settings, "tallyfy_task_completion")
	if err != nil {
		t.Fatal(err)
	}
	terraform.Record(completedState())
	plan, err := terraform.PlanAsRecorded(t.Context(), nil)
	if err != nil || plan.Failed() {
		t.Fatal(plan, err)
	}
	if said, err := terraform.Apply(t.Context(), plan); err != nil || said.Failed() || terraform.State != nil {
		t.Errorf("a destroy that sends nothing: %s, %v", said, err)
	}
}
