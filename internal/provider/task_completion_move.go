// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var _ resource.ResourceWithMoveState = (*taskCompletionResource)(nil)

// moveSource describes how the state of a generic REST resource of another provider shows that it
// has completed a task.
type moveSource struct {
	provider, resource string
	// paths are the attributes that may contain the path of the POST. The first non-empty one is
	// used.
	paths []string
	// method is the attribute with the method; an empty one means POST.
	method string
	// body is the attribute with the body of the request.
	body string
	// responses are the attributes that may contain a response, that to the POST first. They are
	// used if a refresh has replaced the body with a response.
	responses []string
}

var moveSources = []moveSource{
	{
		provider: "mastercard/restapi", resource: "restapi_object",
		paths: []string{"create_path", "path"}, method: "create_method", body: "data", responses: []string{"create_response", "api_response", "data"},
	},
	{provider: "magodo/restful", resource: "restful_operation", paths: []string{"path"}, method: "method", body: "body", responses: []string{"output"}},
	{provider: "magodo/restful", resource: "restful_resource", paths: []string{"path"}, method: "create_method", body: "body", responses: []string{"output"}},
}

// MoveState moves completions that generic REST providers have sent, for moved blocks between
// resource types (Terraform 1.8, OpenTofu 1.10). As after an import, the new state only names the
// task, and the Read that follows finds the rest.
func (r *taskCompletionResource) MoveState(context.Context) []resource.StateMover {
	var movers []resource.StateMover
	for _, source := range moveSources {
		movers = append(movers, resource.StateMover{StateMover: source.move})
	}
	return movers
}

func (s moveSource) move(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	_, provider, _ := strings.Cut(req.SourceProviderAddress, "/") // without the registry or mirror
	if req.SourceTypeName != s.resource || !strings.EqualFold(provider, s.provider) {
		return
	}
	ref, err := s.completion(req.SourceRawState)
	if err != nil {
		resp.Diagnostics.AddError("State Does Not Name a Completion", fmt.Sprintf(
			"Moving a %s here: %s. Nothing was moved, and nothing was sent.\n\n"+
				"Replace the moved block with a removed block with destroy = false. The next apply then records the task if it is completed as configured, and completes it if it is open.", s.resource, err))
		return
	}
	resp.TargetIdentity = nil // the Read sets it, because it finds the process if the path has none
	resp.Diagnostics.Append(nameTask(ctx, &resp.TargetState, ref)...)
	resp.Diagnostics.Append(resp.TargetPrivate.SetKey(ctx, movedKey, []byte("true"))...)
}

// movedKey is the key in the private state of a completion that was moved and is not read yet. In
// everything else, an import leaves the same state.
const movedKey = "moved"

// privateState is data that a provider stores beside a state, hidden from users.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// wasMoved reports whether a completion was moved and is not read yet.
func wasMoved(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	value, more := private.GetKey(ctx, movedKey)
	diags.Append(more...)
	return len(value) > 0
}

// completion returns the task that a state has completed. The error completes a sentence, and
// quotes nothing of the state but the method and the path.
func (s moveSource) completion(raw *tfprotov6.RawState) (ref tallyfy.TaskRef, err error) {
	var state map[string]any
	if json.Unmarshal(raw.JSON, &state) != nil || state == nil {
		return ref, errors.New("its state cannot be read")
	}
	if method := textIn(state, s.method); method != "" && !strings.EqualFold(method, "POST") {
		return ref, fmt.Errorf("its %s is %q, and a completion is a POST", s.method, method)
	}
	attribute, path := "path", ""
	for _, attribute = range s.paths {
		if path = textIn(state, attribute); path != "" {
			break
		}
	}
	if ref, err = tallyfy.ParseCompletionPath(path); err != nil {
		return ref, fmt.Errorf("its %s is %q: %w", attribute, path, err)
	}
	if ref.Task = s.task(state); ref.Task == "" {
		return ref, fmt.Errorf("its %s contains no task_id, and %s no ID of a task", s.body, strings.Join(s.responses, ", "))
	}
	if err := tallyfy.CheckID(ref.Task); err != nil {
		return ref, fmt.Errorf("its task_id is not an ID: %w", err)
	}
	return ref, nil
}

// task returns the ID that was sent, or else the ID in the first response that has one.
func (s moveSource) task(state map[string]any) string {
	if id := textIn(document(state[s.body]), "task_id"); id != "" {
		return id
	}
	for _, attribute := range s.responses {
		response := document(state[attribute])
		if data, ok := response["data"].(map[string]any); ok {
			response = data
		}
		if id := textIn(response, "id"); id != "" {
			return id
		}
	}
	return ""
}

// document returns the object in an attribute, which is JSON text or a dynamic value. A state
// stores a dynamic value beside its type.
func document(value any) map[string]any {
	if dynamic, ok := value.(map[string]any); ok {
		value = dynamic["value"]
	}
	if text, ok := value.(string); ok && json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	object, _ := value.(map[string]any)
	return object
}

// textIn returns the text of a member; empty if it is not a text.
func textIn(object map[string]any, name string) string {
	text, _ := object[name].(string)
	return text
}
