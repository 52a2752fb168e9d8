// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import "os"

// tokenSource names where the access token is from, in the order in which identify looks for one.
func (m providerModel) tokenSource() string {
	switch {
	case !m.AccessToken.IsNull():
		return "access_token in the provider block"
	case m.isConfigured():
		return "the application of client_id in the provider block"
	case anySet(envClientID, envClientSecret):
		return "the application of the environment variable " + envClientID
	}
	for _, variable := range []string{envAccessToken, envAPIToken} {
		if os.Getenv(variable) != "" {
			return "the environment variable " + variable
		}
	}
	return ""
}
