// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package sandbox is an in-memory Tallyfy that listens on loopback.
//
// It serves the part of the REST API that completing a task needs, with every
// trap of it: two completion paths that do not find each other's tasks, field
// values that are dropped with 200 or stored in another form, reads that do not
// show them, repeated completions that fire webhooks again, processes that hide
// or lock their tasks, empty objects that arrive as lists, reads that lag, limits
// on the rate of requests, an edge in front whose 404 reads like a missing task.
// It keeps a journal of the requests it got and can be told to fail in scripted
// ways.
//
// References of the form "tallyfy-api §1.5" name a section of the project's
// notes on the API. Where those notes say that something is unknown, the
// sandbox takes the likelier reading, and the comment there says so ("UNK").
//
// It imports none of the provider's other packages, so that it can disagree
// with them.
package sandbox
