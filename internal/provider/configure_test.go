// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	acc "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestSchemasAreValid(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := New("test")()
	var schema provider.SchemaResponse
	p.Schema(ctx, provider.SchemaRequest{}, &schema)
	if diags := schema.Schema.ValidateImplementation(ctx); diags.HasError() {
		t.Errorf("provider: %v", diags)
	}
	for name, attribute := range schema.Schema.Attributes {
		if attribute.GetMarkdownDescription() == "" {
			t.Errorf("provider: %s is not described", name)
		}
	}
	for _, newResource := range p.Resources(ctx) {
		r := newResource()
		var schema resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &schema)
		if diags := schema.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("%T: %v", r, diags)
		}
		for name, attribute := range schema.Schema.Attributes {
			if attribute.GetMarkdownDescription() == "" {
				t.Errorf("%T: %s is not described", r, name)
			}
		}
		for name, block := range schema.Schema.Blocks {
			if block.GetMarkdownDescription() == "" {
				t.Errorf("%T: %s is not described", r, name)
			}
		}
	}
}

// spaced returns a pattern that matches the texts in this order, wrapped at any space by the CLI.
func spaced(texts ...string) *regexp.Regexp {
	var patterns []string
	for _, text := range texts {
		patterns = append(patterns, strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`))
	}
	return regexp.MustCompile(`(?s)` + strings.Join(patterns, `.*`))
}

// Each invalid configuration is an error of the plan, on the attribute that is wrong, without a
// request.
func TestPlanReportsInvalidConfigurations(t *testing.T) {
	t.Parallel()
	ids := plainTask
	for name, c := range map[string]struct {
		provider string // replaces the provider block
		lines    string
		says     *regexp.Regexp
	}{
		"task_id missing":     {"", "", spaced(`The argument "task_id" is required`)},
		"task_id empty":       {"", `task_id = ""`, spaced("Invalid ID", `task_id = ""`, "task_id cannot be used: it is empty")},
		"task_id blank":       {"", `task_id = "a b"`, spaced("Invalid ID", "whitespace", `(given: "a b")`)},
		"task_id a URL":       {"", `task_id = "https://go.tallyfy.com/tasks/1"`, spaced("Invalid ID", "use only the ID")},
		"task_id dots":        {"", `task_id = ".."`, spaced("Invalid ID", "is a path, not an ID")},
		"task_id escaped":     {"", `task_id = "a%2fb"`, spaced("Invalid ID")},
		"run_id slash":        {"", "task_id = \"t\"\n  run_id = \"a/b\"", spaced("Invalid ID", `run_id = "a/b"`)},
		"run_id empty string": {"", "task_id = \"t\"\n  run_id = \"\"", spaced("Invalid ID", `run_id = ""`)},
		"organization_id":     {"", "task_id = \"t\"\n  organization_id = \"a?b\"", spaced("Invalid ID", "organization_id")},
		"override_user":       {"", ids + "\n  override_user = 0", spaced("override_user value must be at least 1")},
		"is_approved":         {"", ids + "\n  is_approved = \"maybe\"", spaced("a bool is required")},
		"taskdata string":     {"", ids + "\n  taskdata = \"x\"", spaced("Invalid Field Values", `taskdata = "x"`, "must be an object or a map")},
		"taskdata list":       {"", ids + "\n  taskdata = [\"x\"]", spaced("Invalid Field Values", "must be an object or a map")},
		"taskdata JSON":       {"", ids + "\n  taskdata = jsonencode({ a = 1 })", spaced("Invalid Field Values", "taskdata = jsonencode", "Leave out jsonencode")},
		"taskdata set":        {"", ids + "\n  taskdata = toset([\"x\"])", spaced("Invalid Field Values")},
		"taskdata empty key":  {"", ids + "\n  taskdata = { \"\" = 1 }", spaced("Invalid Field Name", "it is empty")},
		"taskdata label":      {"", ids + "\n  taskdata = { \"VPC id\" = 1 }", spaced("Invalid Field Name", `"VPC id"`, "form_fields also accepts labels")},
		"timeouts":            {"", ids + "\n  timeouts {\n    create = \"soon\"\n  }", spaced("Invalid Duration", `create = "soon"`, `such as "30s", "5m" or "1h30m" (given: "soon")`)},
		"timeouts negative":   {"", ids + "\n  timeouts {\n    read = \"-1s\"\n  }", spaced("Invalid Duration", "above zero")},
		"timeouts zero":       {"", ids + "\n  timeouts {\n    delete = \"0s\"\n  }", spaced("Invalid Duration", "above zero")},
		"version of a hash":   {"", ids + "\n  taskdata_wo = { a = 1 }\n  taskdata_wo_version = parseint(substr(sha256(\"x\"), 0, 20), 16)", spaced("Invalid Number", "taskdata_wo_version = parseint", "does not fit into 64 bits", "at most 15 hexadecimal digits")},
		"version, a fraction": {"", ids + "\n  form_fields_wo = { a = 1 }\n  form_fields_wo_version = 1.5", spaced("Invalid Number", "form_fields_wo_version = 1.5", "not a whole number (given: 1.5)")},
		"override_user, hash": {"", ids + "\n  override_user = parseint(sha256(\"x\"), 16)", spaced("Invalid Number", "override_user = parseint", "does not fit into 64 bits")},
		"unknown argument":    {"", ids + "\n  approved = true", spaced("Unsupported argument")},

		"token missing":      {`organization_id = "o"`, ids, spaced("Missing Access Token", "TALLYFY_ACCESS_TOKEN")},
		"token empty":        {`access_token = ""`, ids, spaced("Invalid Access Token", "it is empty")},
		"token line break":   {`access_token = "s3cr3t\n"`, ids, spaced("Invalid Access Token", "trailing line break")},
		"token with bearer":  {`access_token = "Bearer s3cr3t"`, ids, spaced("Invalid Access Token", "set only the token")},
		"base_url http":      {"access_token = \"t\"\n  base_url = \"http://go.tallyfy.com/api\"", ids, spaced("Invalid Base URL", "base_url cannot be used: plain http would send the access token unencrypted")},
		"base_url no scheme": {"access_token = \"t\"\n  base_url = \"go.tallyfy.com/api\"", ids, spaced("Invalid Base URL", "must begin with https://")},
		"base_url password":  {"access_token = \"t\"\n  base_url = \"https://u:s3cr3t@go.tallyfy.com\"", ids, spaced("Invalid Base URL", "must not contain a user name or password")},
		"base_url empty":     {"access_token = \"t\"\n  base_url = \"\"", ids, spaced("Invalid Base URL")},
		"max_retries":        {"access_token = \"t\"\n  max_retries = -1", ids, spaced("max_retries value must be at least 0")},
		"max_retries broken": {"access_token = \"t\"\n  max_retries = 1.5", ids, spaced("Invalid Number", "max_retries cannot be used: it is not a whole number (given: 1.5)")},
		"request_timeout":    {"access_token = \"t\"\n  request_timeout = \"fast\"", ids, spaced("Invalid Duration", `such as "30s", "5m" or "1h30m" (given: "fast")`)},
		"request_timeout 30": {"access_token = \"t\"\n  request_timeout = \"30\"", ids, spaced("Invalid Duration", "request_timeout cannot be used: it must be above zero, in numbers that each have a unit", `(given: "30")`)},
		"request_timeout 0":  {"access_token = \"t\"\n  request_timeout = \"0s\"", ids, spaced("Invalid Duration", "above zero")},
		"organization":       {"access_token = \"t\"\n  organization_id = \"a b\"", ids, spaced("Invalid ID", "organization_id cannot be used")},
		"no organization":    {`access_token = "t"`, ids, spaced("Missing Organization", "TALLYFY_ORG_ID")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			config := h.task(c.lines)
			if c.provider != "" {
				config = fmt.Sprintf("provider \"tallyfy\" {\n  %s\n}\n%s", c.provider, block(c.lines))
			}
			h.run(acc.TestStep{Config: config, PlanOnly: true, ExpectError: c.says})
			if n := len(h.Journal()); n != 0 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}

func TestEnvironmentConfiguresTheProvider(t *testing.T) {
	for name, variable := range map[string]string{"access token": envAccessToken, "API token": envAPIToken} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, sandbox.Config{})
			t.Setenv(variable, sandbox.DefaultToken)
			t.Setenv(envOrganization, sandbox.DefaultOrganization)
			t.Setenv(envBaseURL, h.URL()+"/")
			t.Setenv("TF_APPEND_USER_AGENT", "pipeline/7")
			h.run(acc.TestStep{
				Config:            block(plainTask),
				ConfigStateChecks: []statecheck.StateCheck{h.sent("GET", "GET", "POST"), h.fired(sandbox.SeedPlainTaskID, 1)}, // the plan reads the task, and so does that of the apply
			})
			for _, entry := range h.Journal() {
				if got := entry.Header.Get("User-Agent"); !regexp.MustCompile(`^terraform-provider-tallyfy/test terraform/\d+\.\d+\.\S+ pipeline/7$`).MatchString(got) {
					t.Errorf("User-Agent is %q", got)
				}
			}
		})
	}
	t.Run("the block comes first", func(t *testing.T) {
		h := newHarness(t, sandbox.Config{})
		t.Setenv(envAccessToken, "wrong")
		t.Setenv(envAPIToken, "wrong too")
		t.Setenv(envOrganization, "wrong")
		t.Setenv(envBaseURL, "https://tallyfy.invalid")
		h.run(acc.TestStep{Config: h.task(plainTask), ConfigStateChecks: []statecheck.StateCheck{h.sent("GET", "POST")}})
	})
	for variable, c := range map[string]struct{ value, says string }{
		envAccessToken:  {"s3cr3t with space", "Invalid Environment Variable"},
		envBaseURL:      {"http://go.tallyfy.com", "Invalid Environment Variable"},
		envOrganization: {"a/b", "Invalid Environment Variable"},
	} {
		t.Run(variable, func(t *testing.T) {
			h := newHarness(t, sandbox.Config{})
			t.Setenv(envAPIToken, sandbox.DefaultToken)
			t.Setenv(variable, c.value)
			h.run(acc.TestStep{Config: block(plainTask), PlanOnly: true, ExpectError: spaced(c.says, "The environment variable "+variable)})
		})
	}
}
