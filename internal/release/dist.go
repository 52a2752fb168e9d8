// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const project = "terraform-provider-tallyfy"

// released are the platforms of a release. They are repeated here so that a platform that
// .goreleaser.yml loses is noticed.
var released = []string{
	"darwin_amd64", "darwin_arm64",
	"freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64",
	"windows_386", "windows_amd64", "windows_arm64",
}

// Kinds of files for each platform.
const (
	archive = ".zip"
	sbom    = ".cdx.json"
)

// dist is what GoReleaser has built.
type dist struct {
	root      string // the source tree; the files are in its folder dist
	version   string
	platforms []string
	sums      map[string]string // SHA-256 in hexadecimal digits, by the name of the file
}

// open reads the checksums, which name all files of the release.
func open(root string) (*dist, error) {
	files, err := filepath.Glob(filepath.Join(root, "dist", project+"_*_SHA256SUMS"))
	if err != nil {
		return nil, err
	}
	if len(files) != 1 {
		return nil, fmt.Errorf("there are %d files of checksums in %s, want one: run make snapshot", len(files), filepath.Join(root, "dist"))
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		return nil, err
	}
	version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(files[0]), project+"_"), "_SHA256SUMS")
	d := &dist{root: root, version: version, platforms: released, sums: map[string]string{}}
	for line := range strings.Lines(string(content)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || d.sums[name] != "" {
			return nil, fmt.Errorf("%s: unexpected line %q", files[0], line)
		}
		d.sums[name] = sum
	}
	return d, nil
}

func (d *dist) name(platform, kind string) string {
	return project + "_" + d.version + "_" + platform + kind
}

// path returns the path of a file of a platform.
func (d *dist) path(platform, kind string) string {
	return filepath.Join(d.root, "dist", d.name(platform, kind))
}

// expected returns the paths of all files of a release by their released names.
func (d *dist) expected() map[string]string {
	files := map[string]string{
		// GoReleaser publishes it from the source tree.
		project + "_" + d.version + "_manifest.json": filepath.Join(d.root, "terraform-registry-manifest.json"),
	}
	for _, platform := range d.platforms {
		for _, kind := range []string{archive, sbom} {
			files[d.name(platform, kind)] = d.path(platform, kind)
		}
	}
	return files
}

// check returns all problems of the release.
func (d *dist) check() error {
	problems := []error{d.checkNames()}
	expected := d.expected()
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		switch content, err := os.ReadFile(expected[name]); {
		case err != nil:
			problems = append(problems, err)
		case d.sums[name] == "":
			problems = append(problems, fmt.Errorf("%s: the checksums lack it", name))
		case d.sums[name] != digest(content):
			problems = append(problems, fmt.Errorf("%s: the checksum is wrong", name))
		}
	}
	for _, platform := range d.platforms {
		// Missing files were reported above.
		if err := d.checkArchive(platform); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, fmt.Errorf("%s: %w", d.name(platform, archive), err))
		}
	}
	return errors.Join(problems...)
}

// checkNames returns an error for each unexpected file and checksum.
func (d *dist) checkNames() error {
	expected := d.expected()
	found := slices.Collect(maps.Keys(d.sums))
	files, err := filepath.Glob(filepath.Join(d.root, "dist", "*.*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if kind := filepath.Ext(file); kind == ".zip" || strings.HasSuffix(file, sbom) {
			found = append(found, filepath.Base(file))
		}
	}
	slices.Sort(found)
	var problems []error
	for _, name := range slices.Compact(found) {
		if expected[name] == "" {
			problems = append(problems, fmt.Errorf("%s: a release has no such file", name))
		}
	}
	return errors.Join(problems...)
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
