// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var _ function.Function = parseURL{}

// parseURL is the function parse_url: the ids in an address of Tallyfy's web app.
type parseURL struct{}

func newParseURL() function.Function { return parseURL{} }

type urlIDs struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	RunID          types.String `tfsdk:"run_id"`
	TaskID         types.String `tfsdk:"task_id"`
}

// Metadata names the function.
func (parseURL) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_url"
}

// Definition tells what the function takes and gives.
func (parseURL) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The ids in an address of Tallyfy",
		MarkdownDescription: "Finds the ids of the organization, the run and the task in an address of Tallyfy's web app. " +
			"The result is an object of `organization_id`, `run_id` and `task_id`, all of them strings. What the address does not tell is null. " +
			"Tallyfy is not asked, so nothing says that there are such a run and task.",
		Parameters: []function.Parameter{function.StringParameter{
			Name:                "url",
			MarkdownDescription: "Address of Tallyfy's web app, beginning with `https://` or `http://`. The host may be any.",
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"organization_id": types.StringType,
			"run_id":          types.StringType,
			"task_id":         types.StringType,
		}},
	}
}

// Run takes the address apart.
func (parseURL) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var address string
	if resp.Error = req.Arguments.Get(ctx, &address); resp.Error != nil {
		return
	}
	ref, err := tallyfy.ParseURL(address)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The address cannot be used: %s.\n\nThese forms are known, on any host:\n  - %s",
			err, strings.Join(tallyfy.URLForms, "\n  - ")))
		return
	}
	resp.Error = resp.Result.Set(ctx, urlIDs{
		OrganizationID: textOrNull(ref.Organization),
		RunID:          textOrNull(ref.Run),
		TaskID:         textOrNull(ref.Task),
	})
}
