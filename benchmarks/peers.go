// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// runID is the ID of the process whose tasks are completed.
const runID = "5eed0000000000000000000000000001"

// peer is a way to complete tasks with Terraform.
type peer struct {
	// name is the peer's name in tables and in the -peer flag.
	name string
	// source is the provider's address; empty if the peer is not a provider.
	source string
	// version is the version of the provider or tool, if it is known.
	version string
	// binary is the path of a provider that is not built here, or of the tool that commands call.
	binary string
	// missing is why the peer cannot be run; empty if it can.
	missing string
	// config completes the tasks of local.tasks, each with its own instance. Destroy leaves the
	// tasks completed if the peer supports that. @BINARY is replaced with binary, and @TIMEOUT with
	// shortTimeout in the recovery table, otherwise with nothing.
	config string
	// shortTimeout limits each request to two seconds; empty if the peer has no such setting.
	shortTimeout string
	// idle peers complete no task. They show the least that the others need.
	idle bool
	// resource and importID are the address of an instance and the ID to import, as expressions
	// with each.key; empty if the peer imports nothing.
	resource, importID string
}

const (
	tallyfy       = "tallyfy"
	pinnedRestapi = "restapi 1" // by internal/tools/restapi
	null          = "null"
	notNamed      = "no -peer names its binary"
)

// peers returns all peers in the order of the tables. The last one is the floor.
func peers() []peer {
	return []peer{
		{
			name: tallyfy, source: clitest.Address, version: clitest.Version, shortTimeout: `request_timeout = "2s"`,
			config: "provider \"tallyfy\" {\n  @TIMEOUT\n}\n" + completions, resource: "tallyfy_task_completion.all", importID: completionID,
		},
		{name: "tallyfy, no preflight", source: clitest.Address, version: clitest.Version, shortTimeout: `request_timeout = "2s"`, config: "provider \"tallyfy\" {\n  preflight = false\n  @TIMEOUT\n}\n" + completions},
		{name: pinnedRestapi, source: clitest.RestapiAddress, shortTimeout: `timeout = 2`, config: strings.Replace(restapi, "@MORE", "", 1)},
		{
			name: "restapi", source: clitest.RestapiAddress, missing: notNamed, shortTimeout: `timeout = 2`,
			config: strings.Replace(restapi, "@MORE", "ignore_all_server_changes = true", 1),
		},
		{name: "restful", source: "magodo/restful", missing: notNamed, config: `
provider "restful" {
  base_url = local.api
  header = {
    Authorization    = "Bearer ${local.token}"
    X-Tallyfy-Client = "APIClient"
  }
}

resource "restful_resource" "all" {
  for_each               = local.tasks
  path                   = "${local.process}/completed-tasks"
  body                   = { task_id = each.key }
  read_path              = "${local.process}/tasks/${each.key}"
  read_response_template = jsonencode({ task_id = "$(body.data.id)" })
  delete_path            = "${local.process}/completed-tasks/${each.key}"
}
`},
		{name: "local-exec curl", binary: "curl", shortTimeout: "--max-time 2", config: `
resource "terraform_data" "all" {
  for_each = local.tasks
  input    = each.key
  provisioner "local-exec" {
    command     = "@BINARY --fail --silent --show-error @TIMEOUT --output /dev/null --header \"Authorization: Bearer $TOKEN\" --header 'X-Tallyfy-Client: APIClient' --json '{\"task_id\":\"${each.key}\"}' '${local.api}${local.process}/completed-tasks'"
    environment = { TOKEN = local.token }
  }
}
`},
		{name: "local-exec tallyfy", missing: notNamed, config: `
resource "terraform_data" "all" {
  for_each = local.tasks
  input    = each.key
  provisioner "local-exec" {
    command     = "'@BINARY' task complete --yes --org ${local.org} --process ${local.run} ${each.key}"
    quiet       = true
    environment = {
      TALLYFY_API_TOKEN       = local.token
      TALLYFY_BASE_URL        = local.api
      TALLYFY_NO_UPDATE_CHECK = "1"
    }
  }
}
`},
		{name: null, source: clitest.NullAddress, version: clitest.Version, config: completions, idle: true, resource: "tallyfy_task_completion.all", importID: completionID},
		floor,
	}
}

// completionID is the ID with which a task completion is imported.
const completionID = `"${local.org}/${local.run}/${each.key}"`

const completions = `
resource "tallyfy_task_completion" "all" {
  for_each = local.tasks
  run_id   = local.run
  task_id  = each.key
}
`

const restapi = `
provider "restapi" {
  uri          = local.api
  id_attribute = "data/id"
  headers = {
    Authorization    = "Bearer ${local.token}"
    X-Tallyfy-Client = "APIClient"
    Content-Type     = "application/json"
  }
  @TIMEOUT
}

resource "restapi_object" "all" {
  for_each       = local.tasks
  path           = "${local.process}/completed-tasks"
  data           = jsonencode({ task_id = each.key })
  object_id      = each.key
  read_path      = "${local.process}/tasks/{id}"
  destroy_method = "GET"
  destroy_path   = "${local.process}/tasks/{id}"
  @MORE
}
`

// floor completes nothing and shows what Terraform itself needs.
var floor = peer{name: "terraform alone", idle: true, config: `
resource "terraform_data" "all" {
  for_each = local.tasks
  input    = each.key
}
`}

// configuration returns the configuration with which the peer completes the tasks.
func (p peer) configuration(api string, tasks []string, shortTimeout bool) string {
	var b strings.Builder
	if p.source != "" {
		local := p.source[strings.LastIndex(p.source, "/")+1:]
		if p.source == clitest.NullAddress { // its resource has the name of the real one
			local = tallyfy
		}
		fmt.Fprintf(&b, "terraform {\n  required_providers {\n    %s = { source = %q, version = %q }\n  }\n}\n\n", local, p.source, p.version)
	}
	fmt.Fprintf(&b, "locals {\n  api = %q\n  token = %q\n  run = %q\n", api, sandbox.DefaultToken, runID)
	fmt.Fprintf(&b, "  org = %q\n  process = \"/organizations/%s/runs/%s\"\n  tasks = toset([\n", sandbox.DefaultOrganization, sandbox.DefaultOrganization, runID)
	for _, task := range tasks {
		fmt.Fprintf(&b, "    %q,\n", task)
	}
	b.WriteString("  ])\n}\n")
	limit := ""
	if shortTimeout {
		limit = p.shortTimeout
	}
	b.WriteString(strings.NewReplacer("@TIMEOUT", limit, "@BINARY", p.binary).Replace(p.config))
	return b.String()
}
