// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// stateFile is the state file of a configuration without modules, count and for_each.
type stateFile struct {
	Version          int             `json:"version"`
	TerraformVersion string          `json:"terraform_version"`
	Serial           int             `json:"serial"`
	Lineage          string          `json:"lineage"`
	Outputs          json.RawMessage `json:"outputs"`
	Resources        []stateResource `json:"resources"`
	CheckResults     json.RawMessage `json:"check_results"`
}

type stateResource struct {
	Mode      string           `json:"mode"`
	Type      string           `json:"type"`
	Name      string           `json:"name"`
	Provider  string           `json:"provider"`
	Instances []map[string]any `json:"instances"`
}

// editState changes the state file in ways that no command of a CLI supports.
func (c *cli) editState(change func(*stateFile)) {
	c.Helper()
	name := filepath.Join(c.folder, "terraform.tfstate")
	text, err := os.ReadFile(name) //nolint:gosec // in the test's own folder
	if err != nil {
		c.Fatal(err)
	}
	var state stateFile
	if err := json.Unmarshal(text, &state); err != nil {
		c.Fatal(err)
	}
	change(&state)
	if text, err = json.Marshal(state); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		c.Fatal(err)
	}
}
