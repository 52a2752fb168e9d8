// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// compared are the platforms whose packages are compared: one for each processor, because each has
// settings of its own. A build takes seconds.
var compared = []string{"linux_386", "linux_amd64", "linux_arm", "linux_arm64", "windows_amd64"}

// mirrored builds the version of a release into the mirror dir, as users do before there is a
// release. Each package must have the files of the archive: the checksum of a lock file (h1) is
// that of the files, so that a lock file of the mirror holds for the release.
func mirrored(ctx context.Context, root, dir string, d *dist) error {
	var platforms []string
	for _, platform := range compared {
		if slices.Contains(d.platforms, platform) {
			platforms = append(platforms, platform)
		}
	}
	if len(platforms) == 0 {
		return errors.New("the release has none of the platforms that are compared")
	}
	if _, err := run(ctx, root, "make", "--no-print-directory", "mirror", "VERSION="+d.version, "MIRROR="+dir, "PLATFORMS="+strings.Join(platforms, " ")); err != nil {
		return err
	}
	var problems []error
	for _, platform := range platforms {
		for _, registry := range clitest.Registries {
			folder := filepath.Join(dir, registry, filepath.FromSlash(clitest.Address), d.version, platform)
			if err := sameFiles(d.path(platform, archive), folder); err != nil {
				problems = append(problems, fmt.Errorf("%s of %s: %w", platform, registry, err))
			}
		}
	}
	return errors.Join(problems...)
}

// sameFiles compares an archive with a directory, file by file.
func sameFiles(archive, folder string) error {
	packed, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer packed.Close() //nolint:errcheck // only read
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var names []string
	for _, file := range packed.File {
		names = append(names, file.Name)
		want, err := fs.ReadFile(packed, file.Name)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(folder, file.Name)) //nolint:gosec // a name that this release has
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("make mirror builds another %s", file.Name)
		}
	}
	for _, entry := range entries {
		if !slices.Contains(names, entry.Name()) {
			return fmt.Errorf("make mirror adds %s", entry.Name())
		}
	}
	return nil
}
