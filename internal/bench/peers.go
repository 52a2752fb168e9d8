// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/workspace"
)

// runID is the process whose tasks are completed.
const runID = "5eed0000000000000000000000000001"

// peer is a way to complete tasks from Terraform.
type peer struct {
	// name is what it is called in tables, and by the flag that names its binary.
	name string
	// source is the provider's address; empty for a peer that is no provider.
	source string
	// version is that of the provider or the tool, as far as it is known.
	version string
	// binary is the path of a provider that is not built here, or the tool that commands call.
	binary string
	// missing says why it cannot be run; empty where it can.
	missing string
	// config completes the tasks of local.tasks, each with an instance of its own. At destroy the tasks stay completed, wherever the
	// peer can leave them so. @BINARY stands for binary, @HASTY for hasty in the recovery table and for nothing elsewhere.
	config string
	// hasty bounds each request to two seconds; empty where the peer has no such setting.
	hasty string
}

const (
	tallyfy       = "tallyfy"
	pinnedRestapi = "restapi 1" // by internal/tools/restapi
	notNamed      = "no -peer names its binary"
)

// peers are all that are compared, in the order of the tables. The last one is the floor.
func peers() []peer {
	return []peer{
		{name: tallyfy, source: workspace.Address, version: workspace.Version, hasty: `request_timeout = "2s"`, config: "provider \"tallyfy\" {\n  @HASTY\n}\n" + completions},
		{name: "tallyfy, no preflight", source: workspace.Address, version: workspace.Version, hasty: `request_timeout = "2s"`, config: "provider \"tallyfy\" {\n  preflight = false\n  @HASTY\n}\n" + completions},
		{name: pinnedRestapi, source: workspace.RestapiAddress, hasty: `timeout = 2`, config: strings.Replace(restapi, "@MORE", "", 1)},
		{
			name: "restapi", source: workspace.RestapiAddress, missing: notNamed, hasty: `timeout = 2`,
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
		{name: "local-exec curl", binary: "curl", hasty: "--max-time 2", config: `
resource "terraform_data" "all" {
  for_each = local.tasks
  input    = each.key
  provisioner "local-exec" {
    command     = "@BINARY --fail --silent --show-error @HASTY --output /dev/null --header \"Authorization: Bearer $TOKEN\" --header 'X-Tallyfy-Client: APIClient' --json '{\"task_id\":\"${each.key}\"}' '${local.api}${local.process}/completed-tasks'"
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
		floor,
	}
}

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
  @HASTY
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

// floor completes nothing: it is what Terraform itself takes.
var floor = peer{name: "terraform alone", config: `
resource "terraform_data" "all" {
  for_each = local.tasks
  input    = each.key
}
`}

// configuration is what a peer completes the tasks with.
func (p peer) configuration(api string, tasks []string, hasty bool) string {
	var b strings.Builder
	if p.source != "" {
		local := p.source[strings.LastIndex(p.source, "/")+1:]
		fmt.Fprintf(&b, "terraform {\n  required_providers {\n    %s = { source = %q, version = %q }\n  }\n}\n\n", local, p.source, p.version)
	}
	fmt.Fprintf(&b, "locals {\n  api = %q\n  token = %q\n  run = %q\n", api, sandbox.DefaultToken, runID)
	fmt.Fprintf(&b, "  org = %q\n  process = \"/organizations/%s/runs/%s\"\n  tasks = toset([\n", sandbox.DefaultOrganization, sandbox.DefaultOrganization, runID)
	for _, task := range tasks {
		fmt.Fprintf(&b, "    %q,\n", task)
	}
	b.WriteString("  ])\n}\n")
	limit := ""
	if hasty {
		limit = p.hasty
	}
	b.WriteString(strings.NewReplacer("@HASTY", limit, "@BINARY", p.binary).Replace(p.config))
	return b.String()
}
