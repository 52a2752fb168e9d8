// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// Environment returns the environment variables, as NAME=value, with which the
// provider uses this server.
func (s *Server) Environment() []string {
	return []string{
		"TALLYFY_BASE_URL=" + s.URL(),
		"TALLYFY_ACCESS_TOKEN=" + s.cfg.Token,
		"TALLYFY_ORG_ID=" + s.cfg.Organization,
	}
}
