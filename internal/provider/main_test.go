// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestMain removes a user's settings from the environment of the CLI, so that they do not affect
// tests.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		if err := prepare(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func prepare() error {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TALLYFY_") || strings.HasPrefix(name, "TF_CLI_") || name == "TF_LOG" {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	for _, name := range []string{"terraform", "tofu"} {
		if cli == "" {
			cli, _ = exec.LookPath(name) // an empty path is reported below
		}
	}
	if cli == "" {
		return fmt.Errorf("neither terraform nor tofu is on PATH: run `make test`, which builds an OpenTofu then")
	}
	settings := map[string]string{
		"TF_ACC_TERRAFORM_PATH": cli,
		"CHECKPOINT_DISABLE":    "1",
		"TF_CLI_CONFIG_FILE":    os.DevNull,
	}
	version, err := exec.CommandContext(context.Background(), cli, "version").Output() //nolint:gosec // the CLI for the tests
	if err != nil {
		return fmt.Errorf("running %s version: %w", cli, err)
	}
	if strings.Contains(string(version), "OpenTofu") { // the default source of a provider
		settings["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
		settings["TF_ACC_PROVIDER_NAMESPACE"] = "hashicorp"
	}
	for name, value := range settings {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"tallyfy": providerserver.NewProtocol6WithError(New("test")()),
}

// harness is a test with a sandbox of its own, seeded with the process of the examples.
type harness struct {
	*testing.T
	*sandbox.Server
}

func newHarness(t *testing.T, config sandbox.Config) *harness {
	t.Helper()
	server, err := sandbox.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	sandbox.Seed(server)
	return &harness{T: t, Server: server}
}

// run applies the steps in order, and then destroys all resources.
func (h *harness) run(steps ...resource.TestStep) {
	h.Helper()
	resource.UnitTest(h.T, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: steps})
}

// config returns a configuration for the sandbox without a preflight check, so that the journal
// only has an apply's requests.
func (h *harness) config(blocks string) string { return h.configWith("preflight = false", blocks) }

// configWith returns a configuration for the sandbox with more lines in the provider block.
func (h *harness) configWith(lines, blocks string) string {
	return fmt.Sprintf("provider \"tallyfy\" {\n  access_token    = %q\n  organization_id = %q\n  base_url        = %q\n  %s\n}\n%s\n",
		sandbox.DefaultToken, sandbox.DefaultOrganization, h.URL(), lines, blocks)
}

// task returns a configuration with one resource, "tallyfy_task_completion.it", with these lines.
func (h *harness) task(lines ...string) string { return h.config(block(lines...)) }

func block(lines ...string) string {
	return "resource \"tallyfy_task_completion\" \"it\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

const it = "tallyfy_task_completion.it"

// Lines of a block that name seeded tasks.
var (
	plainTask = fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, sandbox.SeedPlainTaskID)
	vpcTask   = fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, sandbox.SeedVPCTaskID)
	approval  = fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, sandbox.SeedApprovalTaskID)
	oneOff    = fmt.Sprintf("task_id = %q", sandbox.SeedOneOffTaskID)
)

// vpcValue returns a line with the only required value of the VPC task.
func vpcValue(value string) string {
	return fmt.Sprintf("taskdata = { %q = %s }", sandbox.SeedVPCIDField, value)
}

// sent checks that the requests until now were exactly these, as "METHOD" or "METHOD
// ending-of-path", in order.
func (h *harness) sent(requests ...string) statecheck.StateCheck {
	return stateCheck(func() error {
		var got []string
		for _, entry := range h.Journal() {
			got = append(got, entry.Method+" "+entry.Path)
		}
		if len(got) != len(requests) {
			return fmt.Errorf("requests: got %q, want %q", got, requests)
		}
		for i, want := range requests {
			method, ending, _ := strings.Cut(want, " ")
			if !strings.HasPrefix(got[i], method+" ") || !strings.HasSuffix(got[i], ending) {
				return fmt.Errorf("request %d: got %q, want %q", i+1, got[i], want)
			}
		}
		return nil
	})
}

// wrote checks the requests that may change something, by method, in order.
func (h *harness) wrote(methods ...string) statecheck.StateCheck {
	return stateCheck(func() error { return h.writes(methods...) })
}

// writes returns an error unless the requests that may change something were exactly these.
func (h *harness) writes(methods ...string) error {
	var got []string
	for _, entry := range h.Journal() {
		if entry.Method != http.MethodGet {
			got = append(got, entry.Method)
		}
	}
	if strings.Join(got, " ") != strings.Join(methods, " ") {
		return fmt.Errorf("writes: got %v, want %v", got, methods)
	}
	return nil
}

// fired checks how often the webhooks of a task fired.
func (h *harness) fired(task string, times int) statecheck.StateCheck {
	return stateCheck(func() error {
		if got := h.Webhooks(task); got != times {
			return fmt.Errorf("the webhooks fired %d times, want %d", got, times)
		}
		return nil
	})
}

// holds checks the value of a field of a task.
func (h *harness) holds(task, field string, want any) statecheck.StateCheck {
	return stateCheck(func() error {
		held, _ := h.Task(task)
		if got := fmt.Sprint(held.Taskdata[field]); got != fmt.Sprint(want) {
			return fmt.Errorf("field %s holds %s, want %v", field, got, want)
		}
		return nil
	})
}

// stateCheck is a check that runs after an apply, before the next plans.
type stateCheck func() error

func (c stateCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = c()
}
