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

// stateFileName returns the path of the state file.
func (c *cli) stateFileName() string { return filepath.Join(c.folder, "terraform.tfstate") }

// readState decodes the state file into a value that has the needed parts of it.
func (c *cli) readState(into any) {
	c.Helper()
	text, err := os.ReadFile(c.stateFileName())
	if err != nil {
		c.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		c.Fatal(err)
	}
}

// editState changes the state file in ways that no command of a CLI supports.
func (c *cli) editState(change func(*stateFile)) {
	c.Helper()
	var state stateFile
	c.readState(&state)
	change(&state)
	text, err := json.Marshal(state)
	if err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(c.stateFileName(), text, 0o600); err != nil {
		c.Fatal(err)
	}
}
