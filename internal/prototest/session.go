// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Session is one configured provider, as a CLI runs it for one plan, apply or query. It is safe for
// concurrent use.
type Session struct {
	server  tfprotov6.ProviderServer
	actions tfprotov6.ActionServer
	lists   tfprotov6.ListResourceServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// Listed is a result of a query. A result that failed, or that only warns, has diagnostics alone.
type Listed struct {
	DisplayName string
	Identity    map[string]tftypes.Value
	// Resource is null unless the query asks for it.
	Resource tftypes.Value
	Diagnostics
}

// Begin starts and configures a provider. The error is a defect of the provider, not of the
// configuration.
func Begin(ctx context.Context, newProvider func() provider.Provider, settings Attributes) (*Session, Diagnostics, error) {
	t := &Terraform{newProvider: newProvider, settings: settings}
	schemas, err := providerserver.NewProtocol6(newProvider())().GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, nil, err
	}
	server, said, err := t.start(ctx)
	if err != nil {
		return nil, said, err
	}
	actions, ok := server.(tfprotov6.ActionServer)
	lists, okToo := server.(tfprotov6.ListResourceServer)
	if !ok || !okToo {
		return nil, nil, errors.New("the server has no actions or no list resources")
	}
	return &Session{server: server, actions: actions, lists: lists, schemas: schemas}, said, nil
}

// config encodes the attributes of a block with this schema.
func config(schema *tfprotov6.Schema, block Attributes) (*tfprotov6.DynamicValue, error) {
	typ, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		return nil, fmt.Errorf("a schema is of type %s", schema.ValueType())
	}
	value, err := tfprotov6.NewDynamicValue(typ, object(typ, block))
	return &value, err
}

func (s *Session) action(name string, block Attributes) (*tfprotov6.DynamicValue, error) {
	schema, ok := s.schemas.ActionSchemas[name]
	if !ok {
		return nil, fmt.Errorf("the provider has no action %s", name)
	}
	return config(schema.Schema, block)
}

// PlanAction validates and plans an action.
func (s *Session) PlanAction(ctx context.Context, name string, block Attributes) (Diagnostics, error) {
	config, err := s.action(name, block)
	if err != nil {
		return nil, err
	}
	checked, err := s.actions.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
	if err != nil || Diagnostics(checked.Diagnostics).Failed() {
		return checked.Diagnostics, err
	}
	planned, err := s.actions.PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	if err != nil {
		return nil, err
	}
	return append(checked.Diagnostics, planned.Diagnostics...), nil
}

// InvokeAction invokes an action and waits for its end. It returns the progress messages and the
// diagnostics.
func (s *Session) InvokeAction(ctx context.Context, name string, block Attributes) (progress []string, said Diagnostics, err error) {
	config, err := s.action(name, block)
	if err != nil {
		return nil, nil, err
	}
	stream, err := s.actions.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	if err != nil {
		return nil, nil, err
	}
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			said = event.Diagnostics
		}
	}
	return progress, said, nil
}

// Validate validates a resource, as a CLI does right before it plans it. A CLI may validate several
// resources before it plans the first.
func (s *Session) Validate(ctx context.Context, resource string, block Attributes) (Diagnostics, error) {
	config, err := config(s.schemas.ResourceSchemas[resource], block)
	if err != nil {
		return nil, err
	}
	checked, err := s.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: resource, Config: config})
	if err != nil {
		return nil, err
	}
	return checked.Diagnostics, nil
}

// Plan plans a new resource.
func (s *Session) Plan(ctx context.Context, resource string, block Attributes) (Diagnostics, error) {
	plan, _, err := s.plan(ctx, resource, block)
	if err != nil {
		return nil, err
	}
	return plan.Diagnostics, nil
}

// plan returns the plan of a new resource, and its configuration.
func (s *Session) plan(ctx context.Context, resource string, block Attributes) (*tfprotov6.PlanResourceChangeResponse, *tfprotov6.DynamicValue, error) {
	schema := s.schemas.ResourceSchemas[resource]
	config, err := config(schema, block)
	if err != nil {
		return nil, nil, err
	}
	none, err := nothing(schema)
	if err != nil {
		return nil, nil, err
	}
	plan, err := s.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: resource, PriorState: none, Config: config, ProposedNewState: config})
	return plan, config, err
}

// nothing returns the state of a resource that does not exist.
func nothing(schema *tfprotov6.Schema) (*tfprotov6.DynamicValue, error) {
	none, err := tfprotov6.NewDynamicValue(schema.ValueType(), tftypes.NewValue(schema.ValueType(), nil))
	return &none, err
}

// Create plans and applies a new resource.
func (s *Session) Create(ctx context.Context, resource string, block Attributes) (Diagnostics, error) {
	plan, config, err := s.plan(ctx, resource, block)
	if err != nil {
		return nil, err
	}
	if Diagnostics(plan.Diagnostics).Failed() {
		return plan.Diagnostics, nil
	}
	none, err := nothing(s.schemas.ResourceSchemas[resource])
	if err != nil {
		return nil, err
	}
	applied, err := s.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: resource, PriorState: none, Config: config, PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate,
	})
	if err != nil {
		return nil, err
	}
	return append(plan.Diagnostics, applied.Diagnostics...), nil
}

// Import imports a resource by its identity, refreshes it as a plan does, and returns the recorded
// value.
func (s *Session) Import(ctx context.Context, resource string, identity map[string]tftypes.Value) (tftypes.Value, Diagnostics, error) {
	identities, err := s.server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return tftypes.Value{}, nil, err
	}
	typ := identities.IdentitySchemas[resource].ValueType()
	data, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, identity))
	if err != nil {
		return tftypes.Value{}, nil, err
	}
	imported, err := s.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: resource, Identity: &tfprotov6.ResourceIdentityData{IdentityData: &data}})
	if err != nil || Diagnostics(imported.Diagnostics).Failed() {
		return tftypes.Value{}, imported.Diagnostics, err
	}
	one := imported.ImportedResources[0]
	read, err := s.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: resource, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
	if err != nil || Diagnostics(read.Diagnostics).Failed() {
		return tftypes.Value{}, read.Diagnostics, err
	}
	value, err := read.NewState.Unmarshal(s.schemas.ResourceSchemas[resource].ValueType())
	return value, append(imported.Diagnostics, read.Diagnostics...), err
}

// Query lists resources of a type until there are no more or take returns false.
func (s *Session) Query(ctx context.Context, resource string, block Attributes, whole bool, limit int64, take func(Listed) bool) (Diagnostics, error) {
	config, err := config(s.schemas.ListResourceSchemas[resource], block)
	if err != nil {
		return nil, err
	}
	checked, err := s.lists.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: resource, Config: config})
	if err != nil || Diagnostics(checked.Diagnostics).Failed() {
		return checked.Diagnostics, err
	}
	stream, err := s.lists.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: resource, Config: config, IncludeResource: whole, Limit: limit})
	if err != nil {
		return nil, err
	}
	typ := s.schemas.ResourceSchemas[resource].ValueType()
	for result := range stream.Results {
		listed := Listed{DisplayName: result.DisplayName, Resource: tftypes.NewValue(typ, nil), Diagnostics: result.Diagnostics}
		if result.Identity != nil {
			if listed.Identity, err = identityOf(ctx, s.server, resource, result.Identity); err != nil {
				return checked.Diagnostics, err
			}
		}
		if result.Resource != nil {
			if listed.Resource, err = result.Resource.Unmarshal(typ); err != nil {
				return checked.Diagnostics, err
			}
		}
		if !take(listed) {
			break
		}
	}
	return checked.Diagnostics, nil
}

// identityOf returns the attributes of an identity.
func identityOf(ctx context.Context, server tfprotov6.ProviderServer, resource string, data *tfprotov6.ResourceIdentityData) (map[string]tftypes.Value, error) {
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	value, err := data.IdentityData.Unmarshal(identities.IdentitySchemas[resource].ValueType())
	if err != nil {
		return nil, err
	}
	members := map[string]tftypes.Value{}
	return members, value.As(&members)
}
