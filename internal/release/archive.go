// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// checkArchive checks the content of an archive, and that its SBOM describes it.
func (d *dist) checkArchive(platform string) error {
	binary, err := d.binary(platform)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return fmt.Errorf("the binary: %w", err)
	}
	system, processor, _ := strings.Cut(platform, "_")
	return errors.Join(
		checkSettings(info, map[string]string{"GOOS": system, "GOARCH": processor, "CGO_ENABLED": "0", "-trimpath": "true", "-tags": "grpcnotrace"}),
		d.checkSBOM(platform, binary, info),
	)
}

// binary returns the provider in an archive, which contains only it and the license.
func (d *dist) binary(platform string) (content []byte, err error) {
	packed, err := zip.OpenReader(d.path(platform, archive))
	if err != nil {
		return nil, err
	}
	defer packed.Close() //nolint:errcheck // only read
	want := project + "_v" + d.version
	if strings.HasPrefix(platform, "windows_") {
		want += ".exe"
	}
	license := false
	for _, file := range packed.File {
		switch file.Name {
		case want:
			if file.Mode() != 0o755 {
				return nil, fmt.Errorf("%s is not executable by everyone, or is writable by others: %s", file.Name, file.Mode())
			}
			if content, err = fs.ReadFile(packed, file.Name); err != nil {
				return nil, err
			}
		case "LICENSE":
			license = true
		default:
			return nil, fmt.Errorf("it contains %s", file.Name)
		}
	}
	switch {
	case content == nil:
		return nil, fmt.Errorf("it lacks %s", want)
	case !license:
		return nil, errors.New("it lacks LICENSE")
	}
	return content, nil
}

// checkSettings compares the build settings that Go wrote into the binary.
func checkSettings(info *buildinfo.BuildInfo, want map[string]string) error {
	got := map[string]string{}
	for _, setting := range info.Settings {
		got[setting.Key] = setting.Value
	}
	var problems []error
	for key, value := range want {
		if got[key] != value {
			problems = append(problems, fmt.Errorf("the binary was built with %s=%q, want %q", key, got[key], value))
		}
	}
	return errors.Join(problems...)
}
