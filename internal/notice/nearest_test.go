// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		name       string
		candidates []string
		want       string
	}{
		"two letters swapped":   {"provision-the-vcp", []string{"approve-the-change", "", "provision-the-vpc"}, "provision-the-vpc"},
		"letter case":           {"VPC Id", []string{"VPN id", "VPC id"}, "VPC id"},
		"fewest changes":        {"deploi", []string{"deploys", "deploy", "deplore"}, "deploy"},
		"the first of two":      {"deploy", []string{"deploz", "deplox"}, "deploz"},
		"another word":          {"deploy", []string{"destroy"}, ""},
		"a short word":          {"Aera", []string{"Area"}, "Area"},
		"three letters":         {"abc", []string{"xbc"}, "xbc"},
		"two letters":           {"ab", []string{"ax", "a"}, ""},
		"characters, not bytes": {"überprüfen", []string{"uberprufen"}, "uberprufen"},
		"whitespace":            {"VPC  id", []string{" VPC id"}, " VPC id"},
		"nothing near":          {"zzzzzzzz", []string{"Reviewers"}, ""},
		"empty candidates":      {"anything", []string{"", ""}, ""},
		"no candidates":         {"anything", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Nearest(c.name, c.candidates); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
