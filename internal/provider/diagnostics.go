// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// report adds warnings and an error as diagnostics on the attributes that they are about. Either
// may be nil.
func report(diags *diag.Diagnostics, warnings []completion.Notice, err error) {
	for _, warning := range warnings {
		diags.Append(diag.NewAttributeWarningDiagnostic(pathOf(warning), warning.Summary, warning.Detail))
	}
	var failure *completion.Failure
	switch {
	case errors.As(err, &failure):
		for _, notice := range append([]completion.Notice{failure.Notice}, failure.Others...) {
			diags.Append(diag.NewAttributeErrorDiagnostic(pathOf(notice), notice.Summary, notice.Detail))
		}
	case err != nil:
		diags.AddError("Unexpected Error", err.Error())
	}
}

// pathOf returns the path of the attribute that a notice is about; empty for one about the whole
// task.
func pathOf(n completion.Notice) path.Path {
	switch {
	case n.Attribute == "":
		return path.Empty()
	case n.Key == "":
		return path.Root(n.Attribute)
	}
	return path.Root(n.Attribute).AtMapKey(n.Key)
}
