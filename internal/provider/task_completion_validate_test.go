// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	acc "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// Each mistake is one error, on its attribute and the same each time. A value that may become null
// is not a mistake.
func TestEachMistakeInValuesIsOneError(t *testing.T) {
	t.Parallel()
	kind := tftypes.Map{ElementType: tftypes.String}
	fields := object(map[string]tftypes.Value{"f": text("x"), "g": text("y")})
	null, later := tftypes.NewValue(kind, nil), tftypes.NewValue(kind, tftypes.UnknownValue)
	laterOfAnyType := tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)
	laterNumber := tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
	partly := object(map[string]tftypes.Value{"f": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	number := func(digits string) tftypes.Value {
		n, _, err := big.ParseFloat(digits, 10, completion.NumberPrecision, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		return tftypes.NewValue(tftypes.Number, n)
	}
	for name, c := range map[string]struct {
		block attributes
		want  []string // "path: summary: beginning of the detail" of each error
	}{
		"two ways":                        {attributes{"taskdata": fields, "form_fields": fields}, []string{`form_fields: Invalid Attribute Combination: taskdata and form_fields cannot be used together`}},
		"two ways, partly unknown":        {attributes{"taskdata": partly, "form_fields": fields}, []string{`form_fields: Invalid Attribute Combination: taskdata and form_fields`}},
		"two ways, one of them secret":    {attributes{"taskdata": fields, "form_fields_wo": fields, "form_fields_wo_version": 1}, []string{`form_fields_wo: Invalid Attribute Combination: taskdata and form_fields_wo cannot`}},
		"two ways, one empty":             {attributes{"taskdata": fields, "form_fields": object(nil)}, []string{`form_fields: Invalid Attribute Combination`}},
		"two ways, one a typed null":      {attributes{"taskdata": fields, "form_fields": null}, nil},
		"two ways, the other one":         {attributes{"taskdata": null, "form_fields": fields}, nil},
		"two ways, one unknown":           {attributes{"taskdata": later, "form_fields": fields}, nil},
		"two ways, one of unknown type":   {attributes{"taskdata": fields, "form_fields": laterOfAnyType}, nil},
		"two ways, both unknown":          {attributes{"taskdata": laterOfAnyType, "form_fields_wo": later}, nil},
		"nothing at all":                  {attributes{"taskdata": null, "form_fields": null, "taskdata_wo": null, "form_fields_wo": null}, nil},
		"secret without version":          {attributes{"form_fields_wo": fields}, []string{`form_fields_wo: Invalid Attribute Combination: form_fields_wo requires form_fields_wo_version`}},
		"secret by ID without version":    {attributes{"taskdata_wo": partly}, []string{`taskdata_wo: Invalid Attribute Combination: taskdata_wo requires taskdata_wo_version`}},
		"secret, version unknown":         {attributes{"form_fields_wo": fields, "form_fields_wo_version": laterNumber}, nil},
		"null secret":                     {attributes{"form_fields_wo": null}, nil},
		"unknown secret":                  {attributes{"form_fields_wo": later}, nil},
		"version without secret":          {attributes{"form_fields_wo_version": 1}, []string{`form_fields_wo_version: Invalid Attribute Combination: form_fields_wo_version is set, and form_fields_wo is null: there is no secret to send.`}},
		"version with a null secret":      {attributes{"taskdata_wo": null, "taskdata_wo_version": 1}, []string{`taskdata_wo_version: Invalid Attribute Combination: taskdata_wo_version is set, and taskdata_wo is null`}},
		"version with an unknown secret":  {attributes{"taskdata_wo": laterOfAnyType, "taskdata_wo_version": 1}, nil},
		"version and secret unknown":      {attributes{"taskdata_wo": later, "taskdata_wo_version": laterNumber}, nil},
		"unknown version, null secret":    {attributes{"taskdata_wo": null, "taskdata_wo_version": laterNumber}, nil},
		"version with an empty secret":    {attributes{"taskdata_wo": object(nil), "taskdata_wo_version": 1}, nil},
		"fields given twice":              {attributes{"taskdata": fields, "taskdata_wo": fields, "taskdata_wo_version": 1}, []string{`taskdata_wo["f"]: Form Field Is Set Twice: taskdata and taskdata_wo`, `taskdata_wo["g"]: Form Field Is Set Twice: taskdata and taskdata_wo`}},
		"fields given twice, one unknown": {attributes{"form_fields": partly, "form_fields_wo": fields, "form_fields_wo_version": 1}, []string{`form_fields_wo["f"]: Form Field Is Set Twice`}},
		"several mistakes": {attributes{"taskdata": fields, "taskdata_wo": fields, "form_fields": fields, "form_fields_wo_version": 1}, []string{
			`form_fields: Invalid Attribute Combination: taskdata and taskdata_wo and form_fields cannot be used together`,
			`taskdata_wo: Invalid Attribute Combination: taskdata_wo requires`, `taskdata_wo["f"]: Form Field Is Set Twice`, `taskdata_wo["g"]: Form Field Is Set Twice`,
			`form_fields_wo_version: Invalid Attribute Combination: form_fields_wo_version is set`,
		}},
		"several bad names": {attributes{"taskdata": object(map[string]tftypes.Value{"a b": text("x"), "": text("x"), "c/d": text("x")})}, []string{
			`taskdata[""]: Invalid Field Name`, `taskdata["a b"]: Invalid Field Name`, `taskdata["c/d"]: Invalid Field Name`,
		}},

		"version of 64 bits":          {attributes{"form_fields_wo": fields, "form_fields_wo_version": number("9223372036854775807")}, nil},
		"version of more than 64":     {attributes{"form_fields_wo": fields, "form_fields_wo_version": number("1208925819614629174706175")}, []string{`form_fields_wo_version: Invalid Number: form_fields_wo_version cannot be used: it does not fit into 64 bits (given: 1208925819614629174706175). Set a whole number between -2^63 and 2^63 - 1. Use at most 15 hexadecimal digits of a hash`}},
		"version of 2^63":             {attributes{"taskdata_wo": fields, "taskdata_wo_version": number("9223372036854775808")}, []string{`taskdata_wo_version: Invalid Number`}},
		"version that is a fraction":  {attributes{"taskdata_wo": fields, "taskdata_wo_version": number("1.5")}, []string{`taskdata_wo_version: Invalid Number: taskdata_wo_version cannot be used: it is not a whole number (given: 1.5). Set a whole number.`}},
		"version too small":           {attributes{"taskdata_wo": fields, "taskdata_wo_version": number("-9223372036854775809")}, []string{`taskdata_wo_version: Invalid Number: taskdata_wo_version cannot be used: it does not fit`}},
		"completer that is too large": {attributes{"override_user": number("1e30")}, []string{`override_user: Invalid Number: override_user cannot be used: it does not fit into 64 bits`}},
		"completer in halves":         {attributes{"override_user": number("1001.5")}, []string{`override_user: Invalid Number: override_user cannot be used: it is not a whole number (given: 1001.5)`}},
		"completer of zero":           {attributes{"override_user": 0}, []string{`override_user: Invalid Attribute Value: Attribute override_user value must be at least 1`}},

		"values as JSON":        {attributes{"taskdata": text(` {"f":"x"}`)}, []string{`taskdata: Invalid Field Values: taskdata cannot be used: it must be an object or a map, but it is a string that contains a JSON object. Leave out jsonencode`}},
		"secret values as JSON": {attributes{"form_fields_wo": text(`{"f":"s3cr3t"}`), "form_fields_wo_version": 1}, []string{`form_fields_wo: Invalid Field Values: form_fields_wo cannot be used: it must be an object or a map, but it is a string that contains a JSON object.`}},
		"values as text":        {attributes{"taskdata": text("[1]")}, []string{`taskdata: Invalid Field Values: taskdata cannot be used: it must be an object or a map whose keys`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.block["task_id"] = "t"
			for range 5 { // the order of errors is deterministic
				d := newDriver(t, attributes{"access_token": "t", "organization_id": "o", "preflight": false})
				plan, err := d.PlanAsRecorded(t.Context(), c.block)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, said := range plan.Diagnostics {
					where := ""
					for _, step := range said.Attribute.Steps() {
						switch step := step.(type) {
						case tftypes.AttributeName:
							where += string(step)
						case tftypes.ElementKeyString:
							where += fmt.Sprintf("[%q]", string(step))
						}
					}
					got = append(got, where+": "+strings.Join(strings.Fields(said.Summary+": "+said.Detail), " "))
				}
				if len(got) != len(c.want) {
					t.Fatalf("got %d errors: %q", len(got), got)
				}
				for i := range got {
					if !strings.HasPrefix(got[i], c.want[i]) || strings.Contains(got[i], "s3cr3t") {
						t.Errorf("error %d is %q, want %q", i, got[i], c.want[i])
					}
				}
			}
		})
	}
}

// An access token together with credentials is one error, however many credentials there are.
func TestTokenWithCredentialsIsOneError(t *testing.T) {
	t.Parallel()
	later := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, c := range map[string]struct {
		provider attributes
		says     string
	}{
		"all":           {attributes{"client_id": "1", "client_secret": "s", "token_url": "https://h/t", "user_email": "a@b.c"}, "access_token cannot be used together with client_id, client_secret, token_url, user_email: "},
		"some":          {attributes{"client_id": later, "user_email": "a@b.c"}, "access_token cannot be used together with user_email: "},
		"unknown":       {attributes{"client_id": later}, ""},
		"token unknown": {attributes{"access_token": later, "client_id": "1", "client_secret": "s"}, ""},
		"none":          {attributes{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.provider["organization_id"], c.provider["preflight"] = "o", false
			if c.provider["access_token"] == nil {
				c.provider["access_token"] = "t"
			}
			plan, err := newDriver(t, c.provider).PlanAsRecorded(t.Context(), configured())
			if err != nil {
				t.Fatal(err)
			}
			said := plan.String()
			if (said == "") != (c.says == "") || !strings.Contains(said, c.says) || strings.Contains(said, "\n") {
				t.Errorf("got %s", said)
			}
		})
	}
}

// module is a module that passes on values by ID, by name and as secrets from its caller.
const module = `
variable "by_name" {
  type    = map(string)
  default = %s
}
variable "by_id" {
  type    = map(string)
  default = %s
}
variable "secret" {
  type      = map(string)
  default   = %s
  ephemeral = true
}
variable "on" {
  type    = bool
  default = false
}
`

// A module may offer all arguments and leave the unused ones null. The null of a variable has a
// type.
func TestModulesPassOnNull(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	config := func(byName, byID, secret string, lines ...string) string {
		return fmt.Sprintf(module, byName, byID, secret) + h.task(append([]string{vpcTask, "form_fields = var.by_name", "taskdata = var.by_id"}, lines...)...)
	}
	id := `{ "` + sandbox.SeedVPCIDField + `" = "vpc-1" }`
	h.runSince111(
		acc.TestStep{
			Config:            config(`{ "VPC id" = "vpc-1" }`, "null", "null", "form_fields_wo = var.secret", `taskdata_wo = var.on ? { "f" = "x" } : null`),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("PUT", "POST"), h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "vpc-1")},
		},
		acc.TestStep{Config: config("null", id, "null"), ConfigStateChecks: []statecheck.StateCheck{h.wrote("PUT", "POST")}}, // the same value by ID
		acc.TestStep{Config: config(`{ "VPC id" = "vpc-1" }`, id, "null"), PlanOnly: true, ExpectError: spaced("Invalid Attribute Combination", "form_fields = var.by_name", "taskdata and form_fields cannot be used together")},
		acc.TestStep{Config: config("null", "null", "null", "form_fields_wo = var.secret", "form_fields_wo_version = 1"), PlanOnly: true, ExpectError: spaced("Invalid Attribute Combination", "form_fields_wo_version = 1", "there is no secret to send")},
		acc.TestStep{Config: config(`{ "VPC id" = "vpc-1" }`, "null", "null"), PlanOnly: true, ExpectNonEmptyPlan: true},
	)
	if err := h.writes("PUT", "POST"); err != nil {
		t.Error(err)
	}
}

// Values that are known only after apply are validated by the apply, before it sends anything.
func TestApplyValidatesUnknownValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines string
		says  *regexp.Regexp
	}{
		"null secret": {"form_fields_wo = terraform_data.later.output == \"x\" ? null : { \"VPC id\" = \"x\" }\n  form_fields_wo_version = 1", spaced("there is no secret to send")},
		"two ways":    {"form_fields = { \"VPC id\" = \"x\" }\n  taskdata = terraform_data.later.output == \"x\" ? { f = \"x\" } : null", spaced("taskdata and form_fields cannot be used together")},
		"no version":  {"form_fields_wo = { \"VPC id\" = \"x\" }\n  form_fields_wo_version = terraform_data.later.output == \"x\" ? null : 1", spaced("form_fields_wo requires form_fields_wo_version")},
		"large hash":  {"form_fields_wo = { \"VPC id\" = \"x\" }\n  form_fields_wo_version = parseint(substr(sha256(terraform_data.later.output), 0, 20), 16)", spaced("Invalid Number", "form_fields_wo_version = parseint", "it does not fit into 64 bits")},
		"JSON":        {"taskdata = jsonencode({ f = terraform_data.later.output })", spaced("Invalid Field Values", "taskdata = jsonencode", "Leave out jsonencode")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			config := h.config("resource \"terraform_data\" \"later\" {\n  input = \"x\"\n}\n" + block(vpcTask, c.lines))
			h.runSince111(
				acc.TestStep{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true},
				acc.TestStep{Config: config, ExpectError: c.says},
			)
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

// runSince111 is run, only for CLIs with write-only attributes.
func (h *harness) runSince111(steps ...acc.TestStep) {
	h.Helper()
	acc.UnitTest(h.T, acc.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}, ProtoV6ProviderFactories: factories, Steps: steps,
	})
}

// runFor is run, but skips CLIs without write-only attributes if the lines have one.
func (h *harness) runFor(lines string, steps ...acc.TestStep) {
	h.Helper()
	if strings.Contains(lines, "_wo") {
		h.runSince111(steps...)
		return
	}
	h.run(steps...)
}
