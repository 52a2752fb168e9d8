// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// importForms is how an import names a task.
const importForms = "An import names the task in one of these forms:\n" +
	"  - <organization ID>/<process ID>/<task ID>, and <organization ID>//<task ID> for a one-off task\n" +
	"  - <process ID>/<task ID>, of the provider's organization\n" +
	"  - <task ID>, of the provider's organization; Tallyfy reports its process"

// ImportState takes the id apart, or the identity. The task itself is found by the Read that follows.
func (r *taskResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	ref, named, err := importRef(ctx, req, &resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.AddError("Invalid Import Id", fmt.Sprintf("%s cannot be imported: %s.\n\n%s", named, err, importForms))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if ref.Organization == "" && r.provider != nil {
		ref.Organization = r.provider.organizationID
	}
	if ref.Organization == "" && r.provider != nil && r.provider.organizationUnknown {
		resp.Diagnostics.AddError("Provider Configuration Is Not Known",
			fmt.Sprintf("%s names no organization, and organization_id of the provider is known only after apply.\n\n"+
				"Name the organization in the import, or set organization_id of the provider to a value that is known.\n\n%s", named, importForms))
		return
	}
	if ref.Organization == "" {
		resp.Diagnostics.AddError("Missing Organization",
			fmt.Sprintf("%s names no organization, and the provider has no organization_id (nor is the environment variable %s set).\n\n%s", named, envOrganization, importForms))
		return
	}
	resp.Diagnostics.Append(nameTask(ctx, &resp.State, ref)...)
}

// nameTask leaves in an empty state which task it is about. Without an id in it, the Read that follows looks for a completion, and
// tells the rest.
func nameTask(ctx context.Context, state attributeSetter, ref tallyfy.TaskRef) (diags diag.Diagnostics) {
	diags.Append(state.SetAttribute(ctx, path.Root("organization_id"), textOrNull(ref.Organization))...)
	diags.Append(state.SetAttribute(ctx, path.Root("run_id"), textOrNull(ref.Run))...)
	diags.Append(state.SetAttribute(ctx, path.Root("task_id"), ref.Task)...)
	return diags
}

// attributeSetter is a state, or a resource that is listed.
type attributeSetter interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

// importRef tells which task is to be imported, and how it was named.
func importRef(ctx context.Context, req resource.ImportStateRequest, diags *diag.Diagnostics) (ref tallyfy.TaskRef, named string, err error) {
	if req.ID != "" || req.Identity == nil || req.Identity.Raw.IsNull() { // a CLI that knows identities passes a null one beside an ID
		ref, err = parseImportID(req.ID)
		return ref, fmt.Sprintf("The ID %q", req.ID), err
	}
	var identity taskIdentity
	diags.Append(req.Identity.Get(ctx, &identity)...)
	ref = tallyfy.TaskRef{Organization: identity.OrganizationID.ValueString(), Run: identity.RunID.ValueString(), Task: identity.TaskID.ValueString()}
	for _, part := range []struct{ name, id string }{{"organization_id", ref.Organization}, {"run_id", ref.Run}, {"task_id", ref.Task}} {
		if part.id == "" && part.name != "task_id" { // looked up, or the provider's
			continue
		}
		if err := tallyfy.CheckID(part.id); err != nil {
			return ref, "The identity", fmt.Errorf("its %s is not an ID: %w", part.name, err)
		}
	}
	return ref, "The identity", nil
}

// formatImportID returns the longest form of an import ID, which is also the ID of the resource.
func formatImportID(ref tallyfy.TaskRef) string {
	return ref.Organization + "/" + ref.Run + "/" + ref.Task
}

// parseImportID reads the forms of importForms. An organization or a process that the ID does not
// name is empty.
func parseImportID(id string) (tallyfy.TaskRef, error) {
	var ref tallyfy.TaskRef
	if id == "" {
		return ref, errors.New("it is empty (is a variable of the shell not set?)")
	}
	parts := strings.Split(id, "/")
	switch len(parts) {
	case 1:
		ref = tallyfy.TaskRef{Task: parts[0]}
	case 2:
		ref = tallyfy.TaskRef{Run: parts[0], Task: parts[1]}
	case 3:
		ref = tallyfy.TaskRef{Organization: parts[0], Run: parts[1], Task: parts[2]}
	default:
		return ref, fmt.Errorf("it has %d parts", len(parts))
	}
	for i, part := range parts {
		if part == "" && len(parts) == 3 && i == 1 { // a one-off task has no run
			continue
		}
		if err := tallyfy.CheckID(part); err != nil {
			return ref, fmt.Errorf("its part %q is not an ID: %w", part, err)
		}
	}
	return ref, nil
}
