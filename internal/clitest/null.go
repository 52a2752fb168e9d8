// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package clitest

import "context"

// NullAddress is the address of the null provider in the mirror.
const NullAddress = "tallyfy/null"

// InstallNull builds the null provider into the mirror, for benchmarks. It has the schema of the
// provider and sends nothing.
func (w *Installation) InstallNull(ctx context.Context) error {
	root, err := SourceRoot(ctx)
	if err != nil {
		return err
	}
	return w.install(ctx, NullAddress, Version, root, "./internal/clitest/null", releaseFlags...)
}
