// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package workspace

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// restapi is the provider that internal/tools/restapi pins.
const restapi = "github.com/Mastercard/terraform-provider-restapi"

// InstallRestapi builds the restapi provider into the mirror, for tests of moving away from it.
func (w *Workspace) InstallRestapi(ctx context.Context) error {
	root, err := SourceRoot(ctx)
	if err != nil {
		return err
	}
	module := filepath.Join(root, "internal", "tools", "restapi")
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", restapi)
	list.Dir = module
	version, err := list.Output()
	if err != nil {
		return fmt.Errorf("finding the version of %s: %w", restapi, err)
	}
	return w.install(ctx, "mastercard/restapi", strings.TrimPrefix(strings.TrimSpace(string(version)), "v"), module, "-trimpath", "-ldflags", "-s -w", restapi)
}
