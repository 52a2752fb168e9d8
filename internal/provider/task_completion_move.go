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

// moveSource is a resource type of another provider that can POST anything, a completion too, and how its state tells of it.
type moveSource struct {
	provider, resource string
	// paths are the attributes with the path of the POST. The first that is set counts.
	paths []string
	// method is the attribute with the method; POST where it is not set.
	method string
	// body is the attribute with what was sent.
	body string
	// answers are the attributes with what came back, the POST's own first. They matter where a refresh has put the answer into the body.
	answers []string
}

var moveSources = []moveSource{
	{
		provider: "mastercard/restapi", resource: "restapi_object",
		paths: []string{"create_path", "path"}, method: "create_method", body: "data", answers: []string{"create_response", "api_response", "data"},
	},
	{provider: "magodo/restful", resource: "restful_operation", paths: []string{"path"}, method: "method", body: "body", answers: []string{"output"}},
	{provider: "magodo/restful", resource: "restful_resource", paths: []string{"path"}, method: "create_method", body: "body", answers: []string{"output"}},
}

// MoveState takes over completions that were sent by generic REST providers, for moved blocks between resource types (Terraform
// 1.8, OpenTofu 1.10). As after an import, the state that it makes names the task alone, and the Read that follows finds the rest.
func (r *taskCompletionResource) MoveState(context.Context) []resource.StateMover {
	var movers []resource.StateMover
	for _, source := range moveSources {
		movers = append(movers, resource.StateMover{StateMover: source.move})
	}
	return movers
}

func (s moveSource) move(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	_, provider, _ := strings.Cut(req.SourceProviderAddress, "/") // whichever registry or mirror it is from
	if req.SourceTypeName != s.resource || !strings.EqualFold(provider, s.provider) {
		return
	}
	ref, err := s.completion(req.SourceRawState)
	if err != nil {
		resp.Diagnostics.AddError("State Names No Completion", fmt.Sprintf(
			"Moving a %s here: %s. Nothing was moved, and nothing was sent.\n\n"+
				"Replace the moved block by a removed block with destroy = false. The next apply then finds the task completed, and records it.", s.resource, err))
		return
	}
	resp.TargetIdentity = nil // told by the Read, which finds out the run where the path has none
	resp.Diagnostics.Append(nameTask(ctx, &resp.TargetState, ref)...)
	resp.Diagnostics.Append(resp.TargetPrivate.SetKey(ctx, movedKey, []byte("true"))...)
}

// movedKey is the private state of a completion that was moved here and is not read yet. An import leaves the same state otherwise.
const movedKey = "moved"

// privateState is what a provider keeps beside a state, unseen by users.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// wasMoved reports whether a completion was moved here and is not read yet.
func wasMoved(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	value, more := private.GetKey(ctx, movedKey)
	diags.Append(more...)
	return len(value) > 0
}

// completion reads which completion a state is of. The error is a sentence's end, and quotes no more of the state than the path.
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
		return ref, fmt.Errorf("its %s holds no task_id, and %s no id of a task", s.body, strings.Join(s.answers, ", "))
	}
	if err := tallyfy.CheckID(ref.Task); err != nil {
		return ref, fmt.Errorf("its task_id is no id: %w", err)
	}
	return ref, nil
}

// task is the id that was sent, or else the id in the first answer that has one.
func (s moveSource) task(state map[string]any) string {
	if id := textIn(document(state[s.body]), "task_id"); id != "" {
		return id
	}
	for _, attribute := range s.answers {
		answer := document(state[attribute])
		if data, ok := answer["data"].(map[string]any); ok {
			answer = data
		}
		if id := textIn(answer, "id"); id != "" {
			return id
		}
	}
	return ""
}

// document is the object in an attribute: JSON text, or a dynamic value, which a state keeps beside its type.
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

func textIn(object map[string]any, name string) string {
	text, _ := object[name].(string)
	return text
}
