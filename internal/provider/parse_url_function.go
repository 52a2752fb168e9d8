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

var _ function.Function = parseURLFunction{}

// parseURLFunction is the function parse_url, which returns the IDs in a URL of Tallyfy's web app.
type parseURLFunction struct{}

func newParseURLFunction() function.Function { return parseURLFunction{} }

type urlIDs struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	RunID          types.String `tfsdk:"run_id"`
	TaskID         types.String `tfsdk:"task_id"`
}

// Metadata returns the name of the function.
func (parseURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_url"
}

// Definition returns the parameter and the return type of the function.
func (parseURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The IDs in a URL of Tallyfy",
		MarkdownDescription: "Returns the IDs of the organization, the process and the task in a URL of Tallyfy's web app. " +
			"The result is an object with the strings `organization_id`, `run_id` and `task_id`. An ID that the URL does not contain is null. " +
			"The function makes no request, so it does not check that the IDs exist.",
		Parameters: []function.Parameter{function.StringParameter{
			Name:                "url",
			MarkdownDescription: "A URL of Tallyfy's web app that begins with `https://` or `http://`. The host is not checked.",
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"organization_id": types.StringType,
			"run_id":          types.StringType,
			"task_id":         types.StringType,
		}},
	}
}

// Run parses the URL.
func (parseURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var address string
	if resp.Error = req.Arguments.Get(ctx, &address); resp.Error != nil {
		return
	}
	ref, err := tallyfy.ParseURL(address)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The URL cannot be used: %s.\n\nThese forms are accepted, on any host:\n  - %s",
			err, strings.Join(tallyfy.URLForms, "\n  - ")))
		return
	}
	resp.Error = resp.Result.Set(ctx, urlIDs{
		OrganizationID: textOrNull(ref.Organization),
		RunID:          textOrNull(ref.Run),
		TaskID:         textOrNull(ref.Task),
	})
}
