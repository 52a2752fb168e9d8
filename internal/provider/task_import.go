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

// importForms lists the forms of an import ID, in errors.
const importForms = "An import names the task in one of these forms:\n" +
	"  - <organization ID>/<process ID>/<task ID>, and <organization ID>//<task ID> for a one-off task\n" +
	"  - <process ID>/<task ID>, of the provider's organization\n" +
	"  - <task ID>, of the provider's organization; Tallyfy reports its process"

// ImportState parses the import ID, or reads the identity. The Read that follows finds the task.
func (r *taskResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	ref, named, err := importRef(ctx, req, &resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.AddError("Invalid Import ID", fmt.Sprintf("%s cannot be imported: %s.\n\n%s", named, err, importForms))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if ref.Organization == "" && r.provider != nil {
		ref.Organization = r.provider.organizationID
	}
	if ref.Organization == "" && r.provider != nil && r.provider.organizationUnknown {
		resp.Diagnostics.AddError("Provider Configuration Is Not Known",
			fmt.Sprintf("%s names no organization, and the provider's organization_id is known only after apply.\n\n"+
				"Name the organization in the import, or set the provider's organization_id to a value that is known.\n\n%s", named, importForms))
		return
	}
	if ref.Organization == "" {
		resp.Diagnostics.AddError("Missing Organization",
			fmt.Sprintf("%s names no organization, and the provider has no organization_id (nor is the environment variable %s set).\n\n%s", named, envOrganization, importForms))
		return
	}
	resp.Diagnostics.Append(nameTask(ctx, &resp.State, ref)...)
}

// nameTask sets the IDs of a task in an empty state. The state has no id, which makes the Read that
// follows find the completion.
func nameTask(ctx context.Context, state attributeSetter, ref tallyfy.TaskRef) (diags diag.Diagnostics) {
	diags.Append(state.SetAttribute(ctx, path.Root("organization_id"), textOrNull(ref.Organization))...)
	diags.Append(state.SetAttribute(ctx, path.Root("run_id"), textOrNull(ref.Run))...)
	diags.Append(state.SetAttribute(ctx, path.Root("task_id"), ref.Task)...)
	return diags
}

// attributeSetter is a state, or the resource of a list result.
type attributeSetter interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

// importRef returns the task to import, and what named it, as the beginning of a sentence.
func importRef(ctx context.Context, req resource.ImportStateRequest, diags *diag.Diagnostics) (ref tallyfy.TaskRef, named string, err error) {
	if req.ID != "" || req.Identity == nil || req.Identity.Raw.IsNull() { // a CLI that has identities passes a null one beside an ID
		ref, err = parseImportID(req.ID)
		return ref, fmt.Sprintf("The ID %q", req.ID), err
	}
	var identity taskIdentity
	diags.Append(req.Identity.Get(ctx, &identity)...)
	ref = identity.ref()
	for _, part := range []struct{ name, id string }{{"organization_id", ref.Organization}, {"run_id", ref.Run}, {"task_id", ref.Task}} {
		if part.id == "" && part.name != "task_id" { // Tallyfy reports it, or the provider has it
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
		if part == "" && len(parts) == 3 && i == 1 { // a one-off task has no process
			continue
		}
		if err := tallyfy.CheckID(part); err != nil {
			return ref, fmt.Errorf("its part %q is not an ID: %w", part, err)
		}
	}
	return ref, nil
}
