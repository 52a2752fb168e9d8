// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package clitest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// restapi is the provider that internal/tools/restapi pins.
const restapi = "github.com/Mastercard/terraform-provider-restapi"

// RestapiAddress is the address of the restapi provider in the mirror.
const RestapiAddress = "mastercard/restapi"

// InstallRestapi builds the restapi provider into the mirror, for tests of migrations and for
// benchmarks, and returns its version.
func (w *Installation) InstallRestapi(ctx context.Context) (string, error) {
	root, err := SourceRoot(ctx)
	if err != nil {
		return "", err
	}
	module := filepath.Join(root, "internal", "tools", "restapi")
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", restapi)
	list.Dir = module
	output, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("finding the version of %s: %w", restapi, err)
	}
	version := strings.TrimPrefix(strings.TrimSpace(string(output)), "v")
	return version, w.install(ctx, RestapiAddress, version, module, restapi, "-ldflags=-s -w")
}
