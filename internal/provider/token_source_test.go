// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestTokenSource(t *testing.T) {
	set := types.StringValue("x")
	for _, c := range []struct {
		block providerModel
		env   map[string]string
		want  string
	}{
		{providerModel{AccessToken: set}, map[string]string{envAccessToken: "x", envClientID: "1"}, "access_token in the provider block"},
		{providerModel{credentialsModel: credentialsModel{ClientID: set}}, map[string]string{envAccessToken: "x"}, "the application of client_id in the provider block"},
		{providerModel{}, map[string]string{envClientID: "1"}, "the application of the environment variable TALLYFY_CLIENT_ID"},
		{providerModel{}, map[string]string{envAccessToken: "x", envAPIToken: "x"}, "the environment variable TALLYFY_ACCESS_TOKEN"},
		{providerModel{}, map[string]string{envAPIToken: "x"}, "the environment variable TALLYFY_API_TOKEN"},
		{providerModel{}, nil, ""},
	} {
		t.Run(c.want, func(t *testing.T) {
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			if got := c.block.tokenSource(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
