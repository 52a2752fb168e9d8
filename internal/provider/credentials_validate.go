// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
)

var _ provider.ProviderWithValidateConfig = (*tallyfyProvider)(nil)

// ValidateConfig rejects an access token together with credentials of an application. A value that
// is known only after apply may then be null, so it is not an error.
func (p *tallyfyProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	config.checkConflict(&resp.Diagnostics)
	if resp.Diagnostics.HasError() || config.AccessToken.IsNull() || config.AccessToken.IsUnknown() {
		return
	}
	var given []string
	for _, credential := range []struct {
		attribute string
		value     attr.Value
	}{
		{"client_id", config.ClientID}, {"client_secret", config.ClientSecret}, {"token_url", config.TokenURL}, {"user_email", config.UserEmail},
	} {
		if !credential.value.IsNull() && !credential.value.IsUnknown() {
			given = append(given, credential.attribute)
		}
	}
	if len(given) > 0 {
		resp.Diagnostics.AddAttributeError(path.Root("access_token"), "Invalid Attribute Combination", fmt.Sprintf(
			"access_token cannot be used together with %s: requests are authorized either by an access token or as an application.\n\n"+
				"Remove access_token or %s, or set what is not used to null.", strings.Join(given, ", "), strings.Join(given, ", ")))
	}
}
