// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package conformance compares a Tallyfy with what the provider expects of it. "make testacc" runs
// it against the one that the environment names, and "make test" against the sandbox.
//
// It creates tasks of its own, completes them with a real CLI, and checks the promises of the
// provider. It also observes what API.md does not know or what its sources contradict each other
// about, and writes a report. At the end it archives what it created.
//
// All requests, also those of the provider, pass one [pacer], which spaces and counts them.
package conformance
