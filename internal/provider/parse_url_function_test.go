// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// parse runs the function as the framework does.
func parse(t *testing.T, address string) (types.Object, *function.FuncError) {
	t.Helper()
	var definition function.DefinitionResponse
	newParseURLFunction().Definition(t.Context(), function.DefinitionRequest{}, &definition)
	result, funcErr := definition.Definition.Return.NewResultData(t.Context())
	if funcErr != nil {
		t.Fatal(funcErr)
	}
	resp := function.RunResponse{Result: result}
	newParseURLFunction().Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData([]attr.Value{types.StringValue(address)})}, &resp)
	object, ok := resp.Result.Value().(types.Object)
	if !ok {
		t.Fatalf("the result is %v", resp.Result.Value())
	}
	return object, resp.Error
}

func TestParseURL(t *testing.T) {
	t.Parallel()
	org, run, task := types.StringValue("o"), types.StringValue("r"), types.StringValue("t")
	none := types.StringNull()
	for address, want := range map[string][3]attr.Value{
		"https://go.tallyfy.com/o/processes/r":                                 {org, run, none},
		"https://go.tallyfy.com/tracker/r":                                     {none, run, none},
		"https://go.tallyfy.com/organizations/o/runs/r/tasks/t":                {org, run, task},
		"https://api.tallyfy.com/organizations/o/runs/r/tasks/t":               {org, run, task},
		"https://go.tallyfy.com/o/magic?action=reOpenTask&task_id=t":           {org, none, task},
		"https://go.tallyfy.com/guest-all-task/o/code":                         {org, none, none},
		"https://go.tallyfy.com/#/org/o/and/more":                              {org, none, none},
		"https://staging.go.tallyfy.com/o/magic?action=completeTask&task_id=t": {org, none, task},
	} {
		t.Run(address, func(t *testing.T) {
			got, err := parse(t, address)
			if err != nil {
				t.Error(err)
				return
			}
			all := got.Attributes()
			for i, name := range []string{"organization_id", "run_id", "task_id"} {
				if !all[name].Equal(want[i]) {
					t.Errorf("%s is %s, want %s", name, all[name], want[i])
				}
			}
		})
	}
	for address, reason := range map[string]string{
		"":                                      "it does not begin with https://",
		"r":                                     "it",
		"https://go.tallyfy.com/o/tasks/t":      "it",
		"https://go.tallyfy.com/tracker/r/more": "it",
		"https://go.tallyfy.com/tracker/..%2f":  "the ID of its process is invalid: it contains one of / ? # %",
	} {
		t.Run(address, func(t *testing.T) {
			_, err := parse(t, address)
			if err == nil || err.FunctionArgument == nil || *err.FunctionArgument != 0 {
				t.Errorf("got %v", err)
				return
			}
			for _, words := range []string{"The URL cannot be used: " + reason, "on any host", "/processes/{run}", "/tracker/{run}", "/runs/{run}/tasks/{task}", "magic?action=completeTask", "#/org/{organization}"} {
				if !strings.Contains(err.Text, words) {
					t.Errorf("%q is missing in %s", words, err.Text)
				}
			}
		})
	}
}

func TestParseURLInAConfiguration(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	config := func(address string) string {
		return h.config(fmt.Sprintf("output \"ids\" {\n  value = provider::tallyfy::parse_url(%s)\n}\n", address))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		Steps: []resource.TestStep{
			{
				Config: config(`"https://go.tallyfy.com/` + sandbox.DefaultOrganization + `/processes/` + sandbox.SeedRunID + `"`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("ids", knownvalue.ObjectExact(map[string]knownvalue.Check{
					"organization_id": knownvalue.StringExact(sandbox.DefaultOrganization),
					"run_id":          knownvalue.StringExact(sandbox.SeedRunID),
					"task_id":         knownvalue.Null(),
				}))},
			},
			{Config: config(`"https://go.tallyfy.com/"`), ExpectError: spaced(`Invalid value for "url" parameter`, "The URL cannot be used", "/tracker/{run}")},
			{Config: config(`null`), ExpectError: spaced(`Invalid value for "url" parameter`, "argument must not be null")},
		},
	})
	if n := len(h.Journal()); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}
