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

// TestMain gives the CLI an environment of its own: a user's settings must not decide whether tests pass.
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
		return fmt.Errorf("there is no terraform and no tofu on PATH: run `make test`, which builds an OpenTofu then")
	}
	settings := map[string]string{
		"TF_ACC_TERRAFORM_PATH": cli,
		"CHECKPOINT_DISABLE":    "1",
		"TF_CLI_CONFIG_FILE":    os.DevNull,
	}
	version, err := exec.CommandContext(context.Background(), cli, "version").Output() //nolint:gosec // the CLI that tests are run with
	if err != nil {
		return fmt.Errorf("asking %s for its version: %w", cli, err)
	}
	if strings.Contains(string(version), "OpenTofu") { // where it looks for a provider without a source
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

// harness is a test with a sandbox of its own, seeded with the process that examples use.
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

// run applies the steps one after the other and destroys what is left.
func (s *harness) run(steps ...resource.TestStep) {
	s.Helper()
	resource.UnitTest(s.T, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: steps})
}

// config is a configuration against the sandbox, without the look that a plan takes: what an apply sends stands alone.
func (s *harness) config(blocks string) string { return s.configWith("preflight = false", blocks) }

// configWith is a configuration against the sandbox with more lines in the provider's block.
func (s *harness) configWith(lines, blocks string) string {
	return fmt.Sprintf("provider \"tallyfy\" {\n  access_token    = %q\n  organization_id = %q\n  base_url        = %q\n  %s\n}\n%s\n",
		sandbox.DefaultToken, sandbox.DefaultOrganization, s.URL(), lines, blocks)
}

// task is a configuration of one resource, "tallyfy_task_completion.it", with these lines in it.
func (s *harness) task(lines ...string) string { return s.config(block(lines...)) }

func block(lines ...string) string {
	return "resource \"tallyfy_task_completion\" \"it\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

const it = "tallyfy_task_completion.it"

// lines of a block that name seeded tasks.
var (
	plainTask = fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, sandbox.SeedPlainTaskID)
	vpcTask   = fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, sandbox.SeedVPCTaskID)
	approval  = fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, sandbox.SeedApprovalTaskID)
	oneOff    = fmt.Sprintf("task_id = %q", sandbox.SeedOneOffTaskID)
)

// vpcValue is taskdata that the VPC task is content with.
func vpcValue(value string) string {
	return fmt.Sprintf("taskdata = { %q = %s }", sandbox.SeedVPCIDField, value)
}

// sent is a check of the requests that were made until now: exactly these, as "METHOD" or "METHOD ending-of-path", in order.
func (s *harness) sent(requests ...string) statecheck.StateCheck {
	return stateCheck(func() error {
		var got []string
		for _, entry := range s.Journal() {
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

// wrote is a check of the requests that may change something, by method, in order.
func (s *harness) wrote(methods ...string) statecheck.StateCheck {
	return stateCheck(func() error { return s.writes(methods...) })
}

// writes tells whether the requests that may change something were exactly these.
func (s *harness) writes(methods ...string) error {
	var got []string
	for _, entry := range s.Journal() {
		if entry.Method != http.MethodGet {
			got = append(got, entry.Method)
		}
	}
	if strings.Join(got, " ") != strings.Join(methods, " ") {
		return fmt.Errorf("writes: got %v, want %v", got, methods)
	}
	return nil
}

// fired is a check of how often the webhooks of a task fired.
func (s *harness) fired(task string, times int) statecheck.StateCheck {
	return stateCheck(func() error {
		if got := s.Webhooks(task); got != times {
			return fmt.Errorf("the webhooks fired %d times, want %d", got, times)
		}
		return nil
	})
}

// holds is a check of what a field of a task holds.
func (s *harness) holds(task, field string, want any) statecheck.StateCheck {
	return stateCheck(func() error {
		held, _ := s.Task(task)
		if got := fmt.Sprint(held.Taskdata[field]); got != fmt.Sprint(want) {
			return fmt.Errorf("field %s holds %s, want %v", field, got, want)
		}
		return nil
	})
}

// stateCheck runs after an apply, before the plans that follow it.
type stateCheck func() error

func (c stateCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = c()
}
