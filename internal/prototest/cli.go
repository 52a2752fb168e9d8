// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package prototest drives the provider through the plugin protocol in one process, for tests that
// need what a CLI does not show or support: every warning, planned values, simulated time.
package prototest

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// version is the CLI version that the provider receives: the first that supports identities.
const version = "1.12.0"

// Attributes are the attributes of a block by name, each a [tftypes.Value] or a Go value that
// tftypes accepts. Missing ones are null.
type Attributes map[string]any

// Terraform is a state with one resource, and the operations of a CLI on it. It is not safe for
// concurrent use.
type Terraform struct {
	newProvider func() provider.Provider
	settings    Attributes
	resource    string

	schema   *tfprotov6.Schema
	typ      tftypes.Object
	identity *identities

	// State is the resource; nil if there is none.
	State *Instance
}

// Instance is a resource in the state.
type Instance struct {
	Value tftypes.Value
	// Identity is recorded beside the value; nil if there is none, as in a state that a CLI before
	// 1.12 has written.
	Identity *tftypes.Value
	// Tainted reports whether its creation failed: the next plan replaces it.
	Tainted bool

	private []byte
}

// Action is the action of a plan.
type Action string

// The actions of a plan.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
)

// Plan is a planned change, with the diagnostics of planning it.
type Plan struct {
	Action  Action
	Planned tftypes.Value
	Diagnostics

	config   tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// New prepares a configuration with one provider block and one resource of this type. Each
// operation starts a new provider, as a CLI does. The error is a defect of the provider, not of the
// configuration.
func New(ctx context.Context, newProvider func() provider.Provider, settings Attributes, resource string) (*Terraform, error) {
	t := &Terraform{newProvider: newProvider, settings: settings, resource: resource}
	schemas, err := providerserver.NewProtocol6(newProvider())().GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	t.schema = schemas.ResourceSchemas[resource]
	typ, ok := t.schema.ValueType().(tftypes.Object)
	if !ok {
		return nil, fmt.Errorf("the provider has no resource %s", resource)
	}
	t.typ = typ
	t.identity, err = identitiesOf(ctx, providerserver.NewProtocol6(newProvider())(), resource)
	return t, err
}

// Refresh updates the state.
func (t *Terraform) Refresh(ctx context.Context) (Diagnostics, error) {
	if t.State == nil {
		return nil, nil
	}
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return said, err
	}
	read, err := t.read(ctx, server)
	return append(said, read...), err
}

// read refreshes the state with a running provider.
func (t *Terraform) read(ctx context.Context, server tfprotov6.ProviderServer) (Diagnostics, error) {
	resp, err := server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: t.resource, CurrentState: t.wire(t.State.Value), Private: t.State.private, CurrentIdentity: t.identity.wire(t.State.Identity),
	})
	if err != nil {
		return nil, err
	}
	said := Diagnostics(resp.Diagnostics)
	if said.Failed() {
		return said, nil
	}
	return said, t.keep(responseState{resp.NewState, resp.NewIdentity, resp.Private}, t.State.Tainted)
}

// Plan refreshes, and plans the change to these attributes; nil plans a destroy.
func (t *Terraform) Plan(ctx context.Context, block Attributes) (*Plan, error) {
	said, err := t.Refresh(ctx)
	if err != nil || said.Failed() {
		return &Plan{Action: NoOp, Diagnostics: said}, err
	}
	plan, err := t.PlanAsRecorded(ctx, block)
	if err != nil {
		return nil, err
	}
	plan.Diagnostics = append(said, plan.Diagnostics...)
	return plan, nil
}

// PlanAsRecorded is [Terraform.Plan] without a refresh.
func (t *Terraform) PlanAsRecorded(ctx context.Context, block Attributes) (*Plan, error) {
	if t.State == nil && block == nil {
		return &Plan{Action: NoOp}, nil
	}
	if t.State == nil || !t.State.Tainted || block == nil {
		return t.plan(ctx, t.value(), block)
	}
	plan, err := t.plan(ctx, t.none(), block) // a CLI replaces a tainted resource
	if err == nil && plan.Action == Create {
		plan.Action = Replace
	}
	return plan, err
}

// plan plans the change from prior to the block.
func (t *Terraform) plan(ctx context.Context, prior tftypes.Value, block Attributes) (*Plan, error) {
	var private []byte
	var identity *tfprotov6.ResourceIdentityData
	if !prior.IsNull() {
		private, identity = t.State.private, t.identity.wire(t.State.Identity)
	}
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return &Plan{Action: NoOp, Diagnostics: said}, err
	}
	config, proposed := t.none(), t.none()
	if block != nil {
		config = object(t.typ, block)
		checked, err := server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
			TypeName: t.resource, Config: t.wire(config),
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
		})
		if err != nil {
			return nil, err
		}
		if said = append(said, checked.Diagnostics...); said.Failed() {
			return &Plan{Action: NoOp, Diagnostics: said}, nil
		}
		if proposed, err = t.propose(prior, config); err != nil {
			return nil, err
		}
	}
	resp, err := server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: t.resource, PriorState: t.wire(prior), Config: t.wire(config), ProposedNewState: t.wire(proposed), PriorPrivate: private, PriorIdentity: identity,
	})
	if err != nil {
		return nil, err
	}
	plan := &Plan{Action: NoOp, Diagnostics: append(said, resp.Diagnostics...), config: config, private: resp.PlannedPrivate, identity: resp.PlannedIdentity}
	if plan.Failed() {
		return plan, nil
	}
	if err := t.identity.conforms(plan.identity); err != nil {
		return nil, err
	}
	if plan.Planned, err = resp.PlannedState.Unmarshal(t.typ); err != nil {
		return nil, err
	}
	if err := validPlan(t.schema.Block, prior, config, plan.Planned); err != nil {
		return nil, err
	}
	switch {
	case plan.Planned.IsNull() && prior.IsNull():
	case plan.Planned.IsNull():
		plan.Action = Delete
	case prior.IsNull():
		plan.Action = Create
	case len(resp.RequiresReplace) > 0:
		plan.Action = Replace
	case !identical(plan.Planned, prior):
		plan.Action = Update
	}
	return plan, nil
}

// Apply applies a plan. A create with both a state and an error leaves the resource tainted, as
// with a CLI.
func (t *Terraform) Apply(ctx context.Context, plan *Plan) (Diagnostics, error) {
	switch plan.Action {
	case NoOp:
		return nil, nil
	case Replace:
		said, err := t.apply(ctx, t.none(), &Plan{config: t.none(), Planned: t.none(), private: t.State.private, identity: t.identity.wire(t.State.Identity)})
		if err != nil || said.Failed() {
			return said, err
		}
		t.State = nil
		fresh := *plan
		fresh.identity = nil // a CLI plans what it creates instead of another, without an identity
		created, err := t.apply(ctx, t.none(), &fresh)
		return append(said, created...), err
	default:
		return t.apply(ctx, t.value(), plan)
	}
}

// ApplyKnown applies a plan with a configuration whose unknown values are now known. As in a CLI,
// the apply validates the configuration and plans once more. The error reports a second plan that
// is not compatible with the first.
func (t *Terraform) ApplyKnown(ctx context.Context, plan *Plan, block Attributes) (Diagnostics, error) {
	final, err := t.PlanAsRecorded(ctx, block)
	if err != nil {
		return nil, err
	}
	if final.Failed() {
		return final.Diagnostics, nil
	}
	if err := compatible(plan.Planned, final.Planned, tftypes.NewAttributePath()); err != nil {
		return final.Diagnostics, fmt.Errorf("inconsistent final plan: %w", err)
	}
	said, err := t.Apply(ctx, final)
	return append(final.Diagnostics, said...), err
}

func (t *Terraform) apply(ctx context.Context, prior tftypes.Value, plan *Plan) (Diagnostics, error) {
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return said, err
	}
	if plan.Planned.IsNull() {
		prior = t.value()
	}
	resp, err := server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: t.resource, PriorState: t.wire(prior), Config: t.wire(plan.config), PlannedState: t.wire(plan.Planned), PlannedPrivate: plan.private,
		PlannedIdentity: plan.identity,
	})
	if err != nil {
		return nil, err
	}
	said = append(said, resp.Diagnostics...)
	if err := t.keep(responseState{resp.NewState, resp.NewIdentity, resp.Private}, prior.IsNull() && said.Failed()); err != nil {
		return said, err
	}
	if t.State != nil && !said.Failed() {
		if err := compatible(plan.Planned, t.State.Value, tftypes.NewAttributePath()); err != nil {
			return said, fmt.Errorf("inconsistent result after apply: %w", err)
		}
	}
	return said, nil
}

// start starts a provider, and validates and configures it.
func (t *Terraform) start(ctx context.Context) (tfprotov6.ProviderServer, Diagnostics, error) {
	server := providerserver.NewProtocol6(t.newProvider())()
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, nil, err
	}
	typ, ok := schemas.Provider.ValueType().(tftypes.Object)
	if !ok {
		return nil, nil, fmt.Errorf("the provider's schema is of type %s", schemas.Provider.ValueType())
	}
	config, err := tfprotov6.NewDynamicValue(typ, object(typ, t.settings))
	if err != nil {
		return nil, nil, err
	}
	checked, err := server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: &config})
	if err != nil {
		return nil, nil, err
	}
	if said := Diagnostics(checked.Diagnostics); said.Failed() {
		return server, said, nil
	}
	resp, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: version, Config: &config})
	if err != nil {
		return nil, nil, err
	}
	return server, resp.Diagnostics, nil
}

func (t *Terraform) none() tftypes.Value { return tftypes.NewValue(t.typ, nil) }

// value returns the recorded value; null if there is none.
func (t *Terraform) value() tftypes.Value {
	if t.State == nil {
		return t.none()
	}
	return t.State.Value
}

// Record records attributes as if they had been applied.
func (t *Terraform) Record(block Attributes) { t.State = &Instance{Value: object(t.typ, block)} }

// responseState is the part of a response that is recorded.
type responseState struct {
	state    *tfprotov6.DynamicValue
	identity *tfprotov6.ResourceIdentityData
	private  []byte
}

// keep records what the provider returned.
func (t *Terraform) keep(s responseState, tainted bool) error {
	value, err := s.state.Unmarshal(t.typ)
	if err != nil {
		return err
	}
	identity, err := t.identity.recorded(s.identity)
	if err != nil {
		return err
	}
	t.State = nil
	if !value.IsNull() {
		t.State = &Instance{Value: value, Identity: identity, Tainted: tainted, private: s.private}
	}
	return nil
}

// propose merges a configuration with the recorded value, as a CLI does: computed attributes that
// are not configured keep their value.
func (t *Terraform) propose(prior, config tftypes.Value) (tftypes.Value, error) {
	before, wanted := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	if !prior.IsNull() {
		if err := prior.As(&before); err != nil {
			return prior, err
		}
	}
	if err := config.As(&wanted); err != nil {
		return prior, err
	}
	wanted = maps.Clone(wanted) // which is the configuration's own map
	for _, attribute := range t.schema.Block.Attributes {
		if held, ok := before[attribute.Name]; ok && attribute.Computed && wanted[attribute.Name].IsNull() {
			wanted[attribute.Name] = held
		}
	}
	return tftypes.NewValue(t.typ, wanted), nil
}

func (t *Terraform) wire(value tftypes.Value) *tfprotov6.DynamicValue {
	dynamic, err := tfprotov6.NewDynamicValue(t.typ, value)
	if err != nil {
		panic(fmt.Sprintf("a value of the resource's own type cannot be encoded: %v", err))
	}
	return &dynamic
}

// object returns the value of a block.
func object(typ tftypes.Object, block Attributes) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, attribute := range typ.AttributeTypes {
		if value, ok := block[name].(tftypes.Value); ok {
			values[name] = value
			continue
		}
		values[name] = tftypes.NewValue(attribute, block[name])
	}
	return tftypes.NewValue(typ, values)
}
