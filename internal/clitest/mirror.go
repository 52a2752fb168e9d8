// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package clitest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Address and Version identify the built provider in the mirror.
const (
	Address = "tallyfy/tallyfy"
	Version = "0.0.1"
)

// Registries are the hosts that Terraform and OpenTofu add to an address such as "tallyfy/tallyfy".
var Registries = []string{"registry.terraform.io", "registry.opentofu.org"}

// Mirror copies a provider's binary into the mirror.
func (w *Installation) Mirror(address, version, binary string) error {
	for _, registry := range Registries {
		to := w.unpacked(registry, address, version)
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		if err := os.Link(binary, to); err == nil {
			continue
		}
		program, err := os.ReadFile(binary) //nolint:gosec // of the caller's choice
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, program, 0o755); err != nil { //nolint:gosec // it is to be run
			return err
		}
	}
	return nil
}

// Binary returns the path of a provider binary in the mirror.
func (w *Installation) Binary(address, version string) string {
	return w.unpacked(Registries[0], address, version)
}

func (w *Installation) unpacked(registry, address, version string) string {
	_, name, _ := strings.Cut(address, "/")
	file := "terraform-provider-" + name + "_v" + version
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	return filepath.Join(w.mirrored(registry, address), version, runtime.GOOS+"_"+runtime.GOARCH, file)
}

// mirrored returns the directory of the packages of a provider.
func (w *Installation) mirrored(registry, address string) string {
	return filepath.Join(w.dir, "mirror", registry, filepath.FromSlash(address))
}
