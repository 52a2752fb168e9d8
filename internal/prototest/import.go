// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Import records the object with this ID, as an import block does: the provider parses the ID and
// then reads the object. The state is unchanged if the provider reports an error. The returned
// error is a defect of the provider, not of the ID.
func (t *Terraform) Import(ctx context.Context, id string) (Diagnostics, error) {
	return t.imports(ctx, func() *tfprotov6.ImportResourceStateRequest {
		return &tfprotov6.ImportResourceStateRequest{TypeName: t.resource, ID: id}
	})
}

// ImportIdentity records the object that an identity names, as [Terraform.Import] does.
func (t *Terraform) ImportIdentity(ctx context.Context, identity Attributes) (Diagnostics, error) {
	return t.imports(ctx, func() *tfprotov6.ImportResourceStateRequest {
		named := object(t.identity.typ, identity)
		return &tfprotov6.ImportResourceStateRequest{TypeName: t.resource, Identity: t.identity.wire(&named)}
	})
}

// imports starts the provider, sends the request and records the imported resource. The request is
// a function because an identity is encoded with the schema of the started provider.
func (t *Terraform) imports(ctx context.Context, request func() *tfprotov6.ImportResourceStateRequest) (Diagnostics, error) {
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return said, err
	}
	resp, err := server.ImportResourceState(ctx, request())
	if err != nil {
		return nil, err
	}
	if said = append(said, resp.Diagnostics...); said.Failed() {
		return said, nil
	}
	if len(resp.ImportedResources) != 1 {
		return said, fmt.Errorf("the provider imported %d resources", len(resp.ImportedResources))
	}
	before := t.State
	imported := resp.ImportedResources[0]
	if err := t.keep(responseState{imported.State, imported.Identity, imported.Private}, false); err != nil {
		return said, err
	}
	read, err := t.read(ctx, server)
	if said = append(said, read...); said.Failed() {
		t.State = before
	}
	return said, err
}

// Private returns the provider's private data of the recorded resource; empty if there is none.
func (t *Terraform) Private() []byte {
	if t.State == nil {
		return nil
	}
	return t.State.private
}
