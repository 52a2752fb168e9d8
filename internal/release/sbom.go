// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// sbomDocument is the part of a CycloneDX document that is checked.
type sbomDocument struct {
	Format   string `json:"bomFormat"`
	Metadata struct {
		Component  sbomModule
		Properties []struct{ Name, Value string }
	}
	Components []sbomModule
}

type sbomModule struct{ Name, Version string }

// binaryHash is the property in which cyclonedx-gomod records the hash of the binary.
const binaryHash = "cdx:gomod:binary:hash:SHA-256"

// checkSBOM compares the SBOM with the binary: its hash, and the modules that it is built from.
func (d *dist) checkSBOM(platform string, binary []byte, info *buildinfo.BuildInfo) error {
	content, err := os.ReadFile(d.path(platform, sbom))
	if err != nil {
		return err
	}
	var document sbomDocument
	if err := json.Unmarshal(content, &document); err != nil {
		return fmt.Errorf("the SBOM: %w", err)
	}
	if document.Format != "CycloneDX" {
		return fmt.Errorf("the SBOM is of the format %q", document.Format)
	}
	var problems []error
	if want := (sbomModule{info.Main.Path, "v" + d.version}); document.Metadata.Component != want {
		problems = append(problems, fmt.Errorf("the SBOM is of %v, want %v", document.Metadata.Component, want))
	}
	matches := false
	for _, property := range document.Metadata.Properties {
		matches = matches || property.Name == binaryHash && property.Value == digest(binary)
	}
	if !matches {
		problems = append(problems, errors.New("the SBOM is of another binary"))
	}
	want := []sbomModule{{"std", info.GoVersion}}
	for _, module := range info.Deps {
		want = append(want, sbomModule{module.Path, module.Version})
	}
	got := slices.Clone(document.Components)
	byName := func(a, b sbomModule) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(want, byName)
	slices.SortFunc(got, byName)
	if !slices.Equal(got, want) {
		problems = append(problems, fmt.Errorf("the SBOM lists %v, and the binary is made of %v", got, want))
	}
	return errors.Join(problems...)
}
