// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// object is a JSON object. encoding/json sorts its keys, so that equal schemas give
// equal bytes. Members may be false or empty: readers of the format treat those as
// absent.
type object map[string]any

func provided(s *tfprotov6.GetProviderSchemaResponse, i *tfprotov6.GetResourceIdentitySchemasResponse) object {
	return object{
		"provider":                   schema(s.Provider),
		"resource_schemas":           each(s.ResourceSchemas, schema),
		"data_source_schemas":        each(s.DataSourceSchemas, schema),
		"ephemeral_resource_schemas": each(s.EphemeralResourceSchemas, schema),
		"list_resource_schemas":      each(s.ListResourceSchemas, schema),
		"action_schemas":             each(s.ActionSchemas, action),
		"functions":                  each(s.Functions, function),
		"resource_identity_schemas":  each(i.IdentitySchemas, identity),
	}
}

func each[T any](all map[string]T, render func(T) object) object {
	out := make(object, len(all))
	for name, one := range all {
		out[name] = render(one)
	}
	return out
}

func schema(s *tfprotov6.Schema) object {
	return object{"version": s.Version, "block": block(s.Block)}
}

func action(a *tfprotov6.ActionSchema) object {
	return object{"block": block(a.Schema.Block)}
}

func block(b *tfprotov6.SchemaBlock) object {
	blocks := make(object, len(b.BlockTypes))
	for _, nested := range b.BlockTypes {
		blocks[nested.TypeName] = object{
			"nesting_mode": strings.ToLower(nested.Nesting.String()),
			"block":        block(nested.Block),
			"min_items":    nested.MinItems,
			"max_items":    nested.MaxItems,
		}
	}
	return object{
		"attributes":       attributes(b.Attributes),
		"block_types":      blocks,
		"description":      b.Description,
		"description_kind": kind(b.DescriptionKind),
		"deprecated":       b.Deprecated,
	}
}

func attributes(all []*tfprotov6.SchemaAttribute) object {
	out := make(object, len(all))
	for _, a := range all {
		rendered := object{
			"description":      a.Description,
			"description_kind": kind(a.DescriptionKind),
			"deprecated":       a.Deprecated,
			"required":         a.Required,
			"optional":         a.Optional,
			"computed":         a.Computed,
			"sensitive":        a.Sensitive,
			"write_only":       a.WriteOnly,
		}
		if a.NestedType != nil {
			rendered["nested_type"] = object{
				"nesting_mode": strings.ToLower(a.NestedType.Nesting.String()),
				"attributes":   attributes(a.NestedType.Attributes),
			}
		} else {
			rendered["type"] = a.Type
		}
		out[a.Name] = rendered
	}
	return out
}

func identity(s *tfprotov6.ResourceIdentitySchema) object {
	rendered := make(object, len(s.IdentityAttributes))
	for _, a := range s.IdentityAttributes {
		rendered[a.Name] = object{
			"type":                a.Type,
			"description":         a.Description,
			"required_for_import": a.RequiredForImport,
			"optional_for_import": a.OptionalForImport,
		}
	}
	return object{"version": s.Version, "attributes": rendered}
}

func function(f *tfprotov6.Function) object {
	parameters := make([]object, 0, len(f.Parameters))
	for _, p := range f.Parameters {
		parameters = append(parameters, parameter(p))
	}
	rendered := object{
		"summary":             f.Summary,
		"description":         f.Description,
		"deprecation_message": f.DeprecationMessage,
		"return_type":         f.Return.Type,
		"parameters":          parameters,
	}
	if f.VariadicParameter != nil {
		rendered["variadic_parameter"] = parameter(f.VariadicParameter)
	}
	return rendered
}

func parameter(p *tfprotov6.FunctionParameter) object {
	return object{
		"name":        p.Name,
		"description": p.Description,
		"is_nullable": p.AllowNullValue,
		"type":        p.Type,
	}
}

// kind returns "plain" or "markdown".
func kind(k tfprotov6.StringKind) string {
	return strings.ToLower(k.String())
}
