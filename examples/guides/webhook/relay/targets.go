// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// pipeline returns what starts a pipeline of the CI system RELAY_TARGET.
func pipeline(target string) (func(ctx context.Context, processID string) error, error) {
	required := map[string][]string{
		"log":       nil,
		"github":    {"GITHUB_REPOSITORY", "GITHUB_TOKEN"},
		"gitlab":    {"GITLAB_PROJECT", "GITLAB_TRIGGER_TOKEN"},
		"terraform": {"TFE_WORKSPACE_ID", "TFE_TOKEN"},
	}
	names, ok := required[target]
	if !ok {
		return nil, fmt.Errorf("RELAY_TARGET must be github, gitlab, terraform or log, not %q", target)
	}
	for _, name := range names {
		if os.Getenv(name) == "" {
			return nil, fmt.Errorf("%s must be set for RELAY_TARGET=%s", name, target)
		}
	}
	switch target {
	case "github":
		return github, nil
	case "gitlab":
		return gitlab, nil
	case "terraform":
		return terraform, nil
	default: // only logs the process, to try the webhook
		return func(context.Context, string) error { return nil }, nil
	}
}

// address returns a URL below a base, which a variable may replace.
func address(variable, base, path string) string {
	return strings.TrimSuffix(cmp.Or(os.Getenv(variable), base), "/") + path
}

// github sends the event "tallyfy" to the workflows of GITHUB_REPOSITORY ("owner/name"), with the
// process as client_payload.run_id. GITHUB_TOKEN needs write access to the contents of the
// repository.
func github(ctx context.Context, processID string) error {
	body, err := json.Marshal(map[string]any{
		"event_type":     "tallyfy",
		"client_payload": map[string]string{"run_id": processID},
	})
	if err != nil {
		return err
	}
	to := address("GITHUB_API_URL", "https://api.github.com", "/repos/"+os.Getenv("GITHUB_REPOSITORY")+"/dispatches")
	return send(ctx, to, "application/json", os.Getenv("GITHUB_TOKEN"), body)
}

// gitlab starts a pipeline of GITLAB_PROJECT (an ID or a path) for GITLAB_REF (main by default),
// with the process as the variable TF_VAR_run_id. GITLAB_TRIGGER_TOKEN is a pipeline trigger token.
func gitlab(ctx context.Context, processID string) error {
	form := url.Values{
		"token":                    {os.Getenv("GITLAB_TRIGGER_TOKEN")},
		"ref":                      {cmp.Or(os.Getenv("GITLAB_REF"), "main")},
		"variables[TF_VAR_run_id]": {processID},
	}
	to := address("GITLAB_API_URL", "https://gitlab.com/api/v4", "/projects/"+url.PathEscape(os.Getenv("GITLAB_PROJECT"))+"/trigger/pipeline")
	return send(ctx, to, "application/x-www-form-urlencoded", "", []byte(form.Encode()))
}

// terraform starts a run of the workspace TFE_WORKSPACE_ID ("ws-…") in HCP Terraform or Terraform
// Enterprise, with the process as the variable run_id. TFE_TOKEN is a token of a team or a user
// that may start runs.
func terraform(ctx context.Context, processID string) error {
	type object map[string]any
	body, err := json.Marshal(object{"data": object{
		"type": "runs",
		"attributes": object{
			"message":   "Process " + processID,
			"variables": []object{{"key": "run_id", "value": `"` + processID + `"`}}, // an expression of Terraform's language
		},
		"relationships": object{"workspace": object{"data": object{"type": "workspaces", "id": os.Getenv("TFE_WORKSPACE_ID")}}},
	}})
	if err != nil {
		return err
	}
	return send(ctx, address("TFE_ADDRESS", "https://app.terraform.io", "/api/v2/runs"), "application/vnd.api+json", os.Getenv("TFE_TOKEN"), body)
}
