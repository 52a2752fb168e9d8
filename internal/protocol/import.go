// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Import takes over the object with this ID, as an import block does: the provider finds out what the ID names, and then reads it. It
// leaves the state alone if the provider refuses. The error says what is wrong with the provider, not with the ID.
func (t *Terraform) Import(ctx context.Context, id string) (Diagnostics, error) {
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return said, err
	}
	resp, err := server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: t.resource, ID: id})
	if err != nil {
		return nil, err
	}
	if said = append(said, resp.Diagnostics...); said.Failed() {
		return said, nil
	}
	before := t.State
	for _, imported := range resp.ImportedResources {
		if err := t.keep(imported.State, imported.Private, false); err != nil {
			return said, err
		}
	}
	read, err := t.Refresh(ctx)
	if said = append(said, read...); said.Failed() {
		t.State = before
	}
	return said, err
}

// Private is what the provider keeps beside the recorded resource, unseen by users; empty for nothing.
func (t *Terraform) Private() []byte {
	if t.State == nil {
		return nil
	}
	return t.State.private
}
