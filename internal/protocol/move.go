// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Source is a resource of any provider, as a state holds it.
type Source struct {
	// Provider is its provider's address, such as registry.terraform.io/hashicorp/null.
	Provider string
	// Resource is its type.
	Resource string
	// SchemaVersion is that of its type.
	SchemaVersion int64
	// JSON are its attributes.
	JSON string
}

// Move takes over what another resource has recorded, as a moved block between resource types does. It leaves the state alone if
// the provider refuses.
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
	if resp.TargetIdentity != nil { // it must stay as it is told, and most states do not tell all of it
		return said, errors.New("the provider told an identity before it has read the resource")
	}
	return said, t.keep(answer{resp.TargetState, nil, resp.TargetPrivate}, false)
}
