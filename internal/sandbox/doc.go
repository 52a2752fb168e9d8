// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package sandbox is an in-memory Tallyfy that listens on the loopback
// interface.
//
// It serves the part of the REST API that completing a task needs, what Tallyfy's
// own clients request around it, and its traps:
//   - two completion paths that do not find each other's tasks;
//   - field values that are dropped with 200 or stored in another form, and
//     reads that do not include them;
//   - repeated completions that fire webhooks again;
//   - processes that hide or lock their tasks;
//   - empty objects that are encoded as lists;
//   - reads that lag, and rate limits;
//   - an edge whose 404 looks like a missing task.
//
// The server records the requests that it receives and can be scripted to fail.
//
// Section numbers in comments ("API.md §1.5") refer to
// internal/tallyfy/API.md. Where that page says that a fact is unknown, the
// sandbox implements the likelier case, and the comment there says so ("UNK").
//
// The package imports none of the provider's other packages, so that it is an
// independent model of the API.
package sandbox
