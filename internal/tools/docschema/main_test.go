// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// stub returns the schemas that the command reads, and panics for everything else.
type stub struct {
	tfprotov6.ProviderServer
	schemas    tfprotov6.GetProviderSchemaResponse
	identities tfprotov6.GetResourceIdentitySchemasResponse
}

func (s *stub) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &s.schemas, nil
}

func (s *stub) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &s.identities, nil
}

func TestWrite(t *testing.T) {
	empty := &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}
	server := &stub{
		schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: empty,
			ResourceSchemas: map[string]*tfprotov6.Schema{
				"tallyfy_thing": {Version: 2, Block: &tfprotov6.SchemaBlock{
					Description:     "A **thing**, <any>.",
					DescriptionKind: tfprotov6.StringKindMarkdown,
					Attributes: []*tfprotov6.SchemaAttribute{
						{Name: "free", Type: tftypes.DynamicPseudoType, Optional: true, WriteOnly: true},
						{Name: "names", Type: tftypes.Set{ElementType: tftypes.String}, Required: true},
						{Name: "parts", Computed: true, NestedType: &tfprotov6.SchemaObject{
							Nesting:    tfprotov6.SchemaObjectNestingModeList,
							Attributes: []*tfprotov6.SchemaAttribute{{Name: "on", Type: tftypes.Bool, Computed: true}},
						}},
					},
					BlockTypes: []*tfprotov6.SchemaNestedBlock{{
						TypeName: "timeouts",
						Nesting:  tfprotov6.SchemaNestedBlockNestingModeSingle,
						Block:    empty.Block,
					}},
				}},
			},
			ActionSchemas: map[string]*tfprotov6.ActionSchema{"tallyfy_act": {Schema: empty}},
			Functions: map[string]*tfprotov6.Function{"parse": {
				Summary:           "Parses",
				Parameters:        []*tfprotov6.FunctionParameter{{Name: "id", Type: tftypes.String}},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: tftypes.Number, AllowNullValue: true},
				Return:            &tfprotov6.FunctionReturn{Type: tftypes.Bool},
			}},
		},
		identities: tfprotov6.GetResourceIdentitySchemasResponse{
			IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"tallyfy_thing": {
				IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
					{Name: "task_id", Type: tftypes.String, RequiredForImport: true, Description: "The task."},
				},
			}},
			Diagnostics: []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "ignored"}},
		},
	}

	var out bytes.Buffer
	if err := write(context.Background(), &out, server); err != nil {
		t.Fatal(err)
	}

	// As a CLI that knows all of it prints it, without its defaults.
	want := `{
		"format_version": "1.0",
		"provider_schemas": {"tallyfy": {
			"provider": {"block": {"description_kind": "plain"}},
			"resource_schemas": {"tallyfy_thing": {"version": 2, "block": {
				"description": "A **thing**, <any>.",
				"description_kind": "markdown",
				"attributes": {
					"free": {"type": "dynamic", "description_kind": "plain", "optional": true, "write_only": true},
					"names": {"type": ["set", "string"], "description_kind": "plain", "required": true},
					"parts": {"description_kind": "plain", "computed": true, "nested_type": {
						"nesting_mode": "list",
						"attributes": {"on": {"type": "bool", "description_kind": "plain", "computed": true}}
					}}
				},
				"block_types": {"timeouts": {"nesting_mode": "single", "block": {"description_kind": "plain"}}}
			}}},
			"action_schemas": {"tallyfy_act": {"block": {"description_kind": "plain"}}},
			"functions": {"parse": {
				"summary": "Parses",
				"return_type": "bool",
				"parameters": [{"name": "id", "type": "string"}],
				"variadic_parameter": {"name": "more", "type": "number", "is_nullable": true}
			}},
			"resource_identity_schemas": {"tallyfy_thing": {"attributes": {
				"task_id": {"type": "string", "required_for_import": true, "description": "The task."}
			}}}
		}}
	}`
	if got, want := meaning(t, out.Bytes()), meaning(t, []byte(want)); !reflect.DeepEqual(got, want) {
		t.Errorf("wrote\n%s\nwant, but for defaults,\n%v", out.String(), want)
	}
}

func TestWriteProviderError(t *testing.T) {
	server := &stub{schemas: tfprotov6.GetProviderSchemaResponse{
		Diagnostics: []*tfprotov6.Diagnostic{
			{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Duplicate Name", Detail: "Two are called x."},
		},
	}}
	var out bytes.Buffer
	err := write(context.Background(), &out, server)
	if err == nil || !strings.Contains(err.Error(), "Duplicate Name: Two are called x.") {
		t.Errorf("error %v, want the provider's own words", err)
	}
	if out.Len() > 0 {
		t.Errorf("wrote %q in spite of the error", out.String())
	}
}

// meaning parses JSON and removes members that are false or empty.
func meaning(t *testing.T, data []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return prune(value)
}

func prune(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			switch member = prune(member); m := member.(type) {
			case map[string]any:
				if len(m) == 0 {
					delete(v, name)
				}
			default:
				if m == nil || reflect.ValueOf(m).IsZero() {
					delete(v, name)
				}
			}
		}
	case []any:
		for _, element := range v {
			prune(element)
		}
	}
	return value
}
