// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package prototest

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Diagnostics are the diagnostics of a provider.
type Diagnostics []*tfprotov6.Diagnostic

// Failed reports whether there is an error among them.
func (d Diagnostics) Failed() bool {
	for _, diagnostic := range d {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

// String returns one line for each, as a user reads it: "Error: summary: detail".
func (d Diagnostics) String() string {
	var lines []string
	for _, diagnostic := range d {
		severity := "Warning"
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			severity = "Error"
		}
		lines = append(lines, severity+": "+strings.Join(strings.Fields(diagnostic.Summary+": "+diagnostic.Detail), " "))
	}
	return strings.Join(lines, "\n")
}
