// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package notice writes messages for the user. The parts of a failure are always in the same order:
// what was being done, what came back, what that means, what to do, and then Tallyfy's message and
// the request ID.
//
// The package reads the failures of package tallyfy, and does not depend on Terraform.
package notice

import (
	"cmp"
	"slices"
	"strings"
)

// Notice is a message for the user.
type Notice struct {
	// Summary is a title of at most 60 characters.
	Summary string
	// Detail says what was being done, what came back, and what to do.
	Detail string
	// Attribute is the attribute that the notice is about, by its name in Tallyfy's API; empty for
	// the whole block.
	Attribute string
	// Key is the element of the attribute that the notice is about; empty for all of it.
	Key string
}

// Failure is a notice that ends an operation.
type Failure struct {
	Notice
	// Others are further problems.
	Others []Notice
	cause  error
}

// Error returns the summary and the detail.
func (f *Failure) Error() string { return f.Summary + ": " + f.Detail }

// Unwrap returns the client's error; nil if there was none.
func (f *Failure) Unwrap() error { return f.cause }

// Report describes a failed request. Empty parts are left out.
type Report struct {
	Summary, Attribute string
	// Action begins the sentence on what came back, such as "Reading process p".
	Action string
	// Effect is what the failure means for the task or for what was requested.
	Effect string
	// Remedy is what to do. If it is empty, [Advice] on the cause is used.
	Remedy string
	// Cause is the client's error, never nil.
	Cause error
}

// Failure returns the failure that the report describes.
func (r Report) Failure() *Failure {
	return &Failure{
		Notice: Notice{
			Summary: r.Summary, Attribute: r.Attribute,
			Detail: Paragraphs(r.Action+": "+Outcome(r.Cause)+".", r.Effect, cmp.Or(r.Remedy, Advice(r.Cause)), ServerMessage(r.Cause)),
		},
		cause: r.Cause,
	}
}

// Paragraphs joins the parts that are not empty with blank lines.
func Paragraphs(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n\n")
}
