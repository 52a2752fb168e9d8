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

// bill is the part of a CycloneDX document that is looked at.
type bill struct {
	Format   string `json:"bomFormat"`
	Metadata struct {
		Component  part
		Properties []struct{ Name, Value string }
	}
	Components []part
}

type part struct{ Name, Version string }

// binaryHash is the property by which cyclonedx-gomod names the binary that it has read.
const binaryHash = "cdx:gomod:binary:hash:SHA-256"

// checkSBOM compares the SBOM with the binary: it is of this very file, and lists the modules that it is made of.
func (d *dist) checkSBOM(platform string, binary []byte, info *buildinfo.BuildInfo) error {
	content, err := os.ReadFile(d.path(platform, sbom))
	if err != nil {
		return err
	}
	var told bill
	if err := json.Unmarshal(content, &told); err != nil {
		return fmt.Errorf("the SBOM: %w", err)
	}
	if told.Format != "CycloneDX" {
		return fmt.Errorf("the SBOM is of the format %q", told.Format)
	}
	var problems []error
	if want := (part{info.Main.Path, "v" + d.version}); told.Metadata.Component != want {
		problems = append(problems, fmt.Errorf("the SBOM is of %v, want %v", told.Metadata.Component, want))
	}
	ofThis := false
	for _, property := range told.Metadata.Properties {
		ofThis = ofThis || property.Name == binaryHash && property.Value == digest(binary)
	}
	if !ofThis {
		problems = append(problems, errors.New("the SBOM is of another binary"))
	}
	want := []part{{"std", info.GoVersion}}
	for _, module := range info.Deps {
		want = append(want, part{module.Path, module.Version})
	}
	got := slices.Clone(told.Components)
	byName := func(a, b part) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(want, byName)
	slices.SortFunc(got, byName)
	if !slices.Equal(got, want) {
		problems = append(problems, fmt.Errorf("the SBOM lists %v, and the binary is made of %v", got, want))
	}
	return errors.Join(problems...)
}
