// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Data validates and reads a data source of this type, as a plan does, for a configuration with one
// provider block. The value is null if there is an error. The returned error is a defect of the
// provider, not of the configuration.
func Data(ctx context.Context, newProvider func() provider.Provider, settings Attributes, source string, block Attributes) (tftypes.Value, Diagnostics, error) {
	t := &Terraform{newProvider: newProvider, settings: settings}
	schemas, err := providerserver.NewProtocol6(newProvider())().GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return tftypes.Value{}, nil, err
	}
	typ, ok := schemas.DataSourceSchemas[source].ValueType().(tftypes.Object)
	if !ok {
		return tftypes.Value{}, nil, fmt.Errorf("the provider has no data source %s", source)
	}
	t.typ = typ
	server, said, err := t.start(ctx)
	if err != nil || said.Failed() {
		return t.none(), said, err
	}
	config := t.wire(object(typ, block))
	checked, err := server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: source, Config: config})
	if err != nil {
		return t.none(), said, err
	}
	if said = append(said, checked.Diagnostics...); said.Failed() {
		return t.none(), said, nil
	}
	resp, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: source, Config: config})
	if err != nil {
		return t.none(), said, err
	}
	if said = append(said, resp.Diagnostics...); said.Failed() {
		return t.none(), said, nil
	}
	value, err := resp.State.Unmarshal(typ)
	return value, said, err
}
