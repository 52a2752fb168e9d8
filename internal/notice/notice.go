// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package notice tells users what happened, always in the same order: what was being done, what came back, what that means,
// what to do, and then Tallyfy's own words and the request's id.
//
// It knows the answers of Tallyfy's API through package tallyfy, and nothing of Terraform.
package notice

import (
	"slices"
	"strings"
)

// Notice is something that the user should read.
type Notice struct {
	// Summary is a title of at most 60 characters.
	Summary string
	// Detail says what was being done, what came back, and what to do.
	Detail string
	// Attribute is the one it is about, by the name that Tallyfy's API has for it; empty for the whole.
	Attribute string
	// Key is the element of the attribute that it is about; empty for all of it.
	Key string
}

// Failure is a notice that ends an operation.
type Failure struct {
	Notice
	// Others are what is wrong beside it.
	Others []Notice
	cause  error
}

// Error gives the summary and the detail.
func (f *Failure) Error() string { return f.Summary + ": " + f.Detail }

// Unwrap gives the client's error, if there was one.
func (f *Failure) Unwrap() error { return f.cause }

// Story is a failed request told in order. Empty parts are left out.
type Report struct {
	Summary, Attribute string
	// Doing begins the sentence that tells what came back, such as `Reading run r`.
	Action string
	// Means is what it means for what was asked for.
	Effect string
	// Next is what to do; the [Advice] for the answer where empty.
	Remedy string
	// Cause is the client's error, never nil.
	Cause error
}

// Failure tells the story.
func (s Report) Failure() *Failure {
	next := s.Remedy
	if next == "" {
		next = Advice(s.Cause)
	}
	return &Failure{
		Notice: Notice{
			Summary: s.Summary, Attribute: s.Attribute,
			Detail: Paragraphs(s.Action+": "+Outcome(s.Cause)+".", s.Effect, next, ServerMessage(s.Cause)),
		},
		cause: s.Cause,
	}
}

// Paragraphs joins what is not empty with blank lines.
func Paragraphs(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n\n")
}
