// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Source is a resource of any provider in a state.
type Source struct {
	// Provider is the address of its provider, such as registry.terraform.io/hashicorp/null.
	Provider string
	// Resource is its type.
	Resource string
	// SchemaVersion is that of its type.
	SchemaVersion int64
	// JSON are its attributes.
	JSON string
}

// Move takes over the state of another resource, as a moved block between resource types does. The
// state is unchanged if the provider rejects it.
func (t *Terraform) Move(ctx context.Context, from Source) (Diagnostics, error) {
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return said, err
	}
	resp, err := server.MoveResourceState(ctx, &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: from.Provider, SourceTypeName: from.Resource, SourceSchemaVersion: from.SchemaVersion,
		SourceState: &tfprotov6.RawState{JSON: []byte(from.JSON)}, TargetTypeName: t.resource,
	})
	if err != nil {
		return nil, err
	}
	if said = append(said, resp.Diagnostics...); said.Failed() {
		return said, nil
	}
	if resp.TargetIdentity != nil { // an identity must not change, and most states do not contain all of it
		return said, errors.New("the provider returned an identity before it read the resource")
	}
	return said, t.keep(responseState{resp.TargetState, nil, resp.TargetPrivate}, false)
}
