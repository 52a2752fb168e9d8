// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.Int64Typable      = wholeNumberType{}
	_ basetypes.Int64Valuable     = wholeNumber{}
	_ xattr.ValidateableAttribute = wholeNumber{}
)

// wholeNumberType is the type of a number that fits into 64 bits. The framework's own type reports
// any other number as an error in the provider, before validators run.
type wholeNumberType struct{ basetypes.Int64Type }

// String returns the name of the type.
func (wholeNumberType) String() string { return "wholeNumberType" }

// Equal reports whether other is the same type.
func (wholeNumberType) Equal(other attr.Type) bool {
	_, ok := other.(wholeNumberType)
	return ok
}

// ValueType returns a value of the type.
func (wholeNumberType) ValueType(context.Context) attr.Value { return wholeNumber{} }

// ValueFromInt64 returns the number as a value of this type.
func (wholeNumberType) ValueFromInt64(_ context.Context, n basetypes.Int64Value) (basetypes.Int64Valuable, diag.Diagnostics) {
	return wholeNumber{Int64Value: n}, nil
}

// ValueFromTerraform returns any number as a value. [wholeNumber.ValidateAttribute] rejects one
// that does not fit.
func (t wholeNumberType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	if in.IsKnown() && !in.IsNull() {
		var given big.Float
		if err := in.As(&given); err != nil {
			return nil, err
		}
		if _, accuracy := given.Int64(); accuracy != big.Exact {
			return wholeNumber{Int64Value: basetypes.NewInt64Null(), given: &given}, nil
		}
	}
	value, err := t.Int64Type.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	return wholeNumber{Int64Value: value.(basetypes.Int64Value)}, nil //nolint:errcheck,forcetypeassert // the embedded type returns it
}

// wholeNumber is a number that fits into 64 bits, or the configured one that does not.
type wholeNumber struct {
	basetypes.Int64Value
	given *big.Float // nil if it fits
}

// Type returns the type of the value.
func (wholeNumber) Type(context.Context) attr.Type { return wholeNumberType{} }

// Equal reports whether other is the same number.
func (n wholeNumber) Equal(other attr.Value) bool {
	o, ok := other.(wholeNumber)
	return ok && n.Int64Value.Equal(o.Int64Value) && (n.given == nil) == (o.given == nil) && (n.given == nil || n.given.Cmp(o.given) == 0)
}

// ValidateAttribute rejects a number that does not fit.
func (n wholeNumber) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	if n.given == nil {
		return
	}
	wrong, fix := "it is not a whole number", "Set a whole number."
	if n.given.IsInt() {
		wrong = "it does not fit into 64 bits"
		fix = "Set a whole number between -2^63 and 2^63 - 1. Use at most 15 hexadecimal digits of a hash: parseint(substr(sha256(local.text), 0, 15), 16)."
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid Number", fmt.Sprintf("%s cannot be used: %s (given: %s).\n\n%s", req.Path, wrong, n.given.Text('g', 40), fix))
}
