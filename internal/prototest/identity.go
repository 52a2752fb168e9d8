// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// identities handles the identities of a resource type as a CLI does since 1.12: it records one
// beside each value, sends it with each request, and rejects one that does not conform to the
// schema. It also rejects an unknown one that would be recorded. The provider's framework checks
// that an identity stays the same, and can do so only if the identity is sent.
type identities struct {
	typ tftypes.Object // without attributes if the resource has no identity
}

// identitiesOf returns the identities of a resource type.
func identitiesOf(ctx context.Context, server tfprotov6.ProviderServer, resource string) (*identities, error) {
	schemas, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	schema, ok := schemas.IdentitySchemas[resource]
	if !ok {
		return &identities{}, nil
	}
	typ, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		return nil, fmt.Errorf("the identity of %s is of type %s", resource, schema.ValueType())
	}
	return &identities{typ: typ}, nil
}

// wire returns an identity as it is sent; nil for none.
func (i *identities) wire(identity *tftypes.Value) *tfprotov6.ResourceIdentityData {
	if identity == nil {
		return nil
	}
	dynamic, err := tfprotov6.NewDynamicValue(i.typ, *identity)
	if err != nil {
		panic(fmt.Sprintf("an identity of the resource's own type cannot be encoded: %v", err))
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &dynamic}
}

// conforms returns an error unless an identity that the provider returned is of the schema's type.
func (i *identities) conforms(data *tfprotov6.ResourceIdentityData) error {
	_, err := i.read(data)
	return err
}

// recorded returns the identity that the provider returned to be recorded; nil for none.
func (i *identities) recorded(data *tfprotov6.ResourceIdentityData) (*tftypes.Value, error) {
	identity, err := i.read(data)
	if err == nil && identity != nil && !identity.IsFullyKnown() {
		return nil, errors.New("the provider returned an identity that is not known")
	}
	return identity, err
}

// read decodes an identity; nil for none.
func (i *identities) read(data *tfprotov6.ResourceIdentityData) (*tftypes.Value, error) {
	if data == nil || data.IdentityData == nil {
		return nil, nil //nolint:nilnil // there is none, and that is not a failure
	}
	identity, err := data.IdentityData.Unmarshal(i.typ)
	if err != nil {
		return nil, fmt.Errorf("the provider returned an identity that does not conform to its schema: %w", err)
	}
	if identity.IsNull() {
		return nil, nil //nolint:nilnil // a null identity means that there is none
	}
	return &identity, nil
}

// Identify puts an identity beside the recorded value, as if a CLI had recorded it.
func (t *Terraform) Identify(identity Attributes) {
	value := object(t.identity.typ, identity)
	t.State.Identity = &value
}
