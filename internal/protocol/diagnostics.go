// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Diagnostics are what a provider says to the user.
type Diagnostics []*tfprotov6.Diagnostic

// Failed tells whether there is an error among them.
func (d Diagnostics) Failed() bool {
	for _, diagnostic := range d {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

// String is the text that the user reads, in one line for each: "Error: summary: detail".
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
