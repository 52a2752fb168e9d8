// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The timeouts blocks have the types of terraform-plugin-framework-timeouts, and attributes of
// their own: those of the module have no Markdown description and accept durations that are not
// positive.

// resourceTimeouts returns the timeouts block of a resource, from the descriptions of its
// operations.
func resourceTimeouts(descriptions map[string]string) schema.Block {
	attributes := map[string]schema.Attribute{}
	var operations []string
	for operation, description := range descriptions {
		attributes[operation] = schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: description,
			Validators:          []validator.String{duration()},
		}
		operations = append(operations, operation)
	}
	return schema.SingleNestedBlock{
		CustomType:          timeouts.Type{ObjectType: timeoutsType(operations...)},
		MarkdownDescription: "How long each operation may take. Changing these sends nothing.",
		Attributes:          attributes,
	}
}

// timeoutsType returns the type of a timeouts block with these attributes.
func timeoutsType(operations ...string) types.ObjectType {
	kinds := map[string]attr.Type{}
	for _, operation := range operations {
		kinds[operation] = types.StringType
	}
	return types.ObjectType{AttrTypes: kinds}
}

// timeoutDescription returns the description of a timeout, from its first sentence without the
// period.
func timeoutDescription(about string, byDefault time.Duration) string {
	return fmt.Sprintf("%s. A duration such as `30s` or `5m`. Defaults to `%s`.", about, shortDuration(byDefault))
}
