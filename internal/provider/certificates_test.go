// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/certtest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// file writes a text to a file of this test.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// der returns the certificate of an authority in binary form.
func der(t *testing.T, authority *certtest.Authority) string {
	t.Helper()
	block, _ := pem.Decode([]byte(authority.PEM))
	if block == nil {
		t.Fatal("the authority has no certificate")
	}
	return string(block.Bytes)
}

// TestCertificateFileBelowHome expands ~ as Terraform's functions for files do.
func TestCertificateFileBelowHome(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home) // on Windows
	if err := os.WriteFile(filepath.Join(home, "ca.pem"), []byte(certtest.New(t, "Private", time.Now()).PEM), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, found := range map[string]bool{"~/ca.pem": true, "~ca.pem": false, "~": false, filepath.Join(home, "ca.pem"): true} {
		if certificates, err := parseFile(name); (err == nil && len(certificates) == 1) != found {
			t.Errorf("%s: got %d certificates, %v", name, len(certificates), err)
		}
	}
}

// TestCertificateErrors configures the provider with what is not the certificate of an authority.
// The error is on the argument, before any request, and repeats nothing of a text.
func TestCertificateErrors(t *testing.T) {
	t.Parallel()
	authority := certtest.New(t, "Private", time.Now())
	expired := certtest.New(t, "Old", time.Now().Add(-365*24*time.Hour))
	large := file(t, strings.Repeat("#\n", maxCertificateFile/2+1))
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, c := range map[string]struct {
		settings  attributes
		attribute string // that the error is on; empty if there is none
		says      string
	}{
		"a file":           {attributes{"ca_cert_file": file(t, authority.PEM)}, "", ""},
		"a text":           {attributes{"ca_cert_pem": authority.PEM}, "", ""},
		"unknown file":     {attributes{"ca_cert_file": unknown}, "", ""},
		"unknown text":     {attributes{"ca_cert_pem": unknown}, "", ""},
		"text and unknown": {attributes{"ca_cert_pem": authority.PEM, "ca_cert_file": unknown}, "", ""},
		"both":             {attributes{"ca_cert_pem": authority.PEM, "ca_cert_file": file(t, authority.PEM)}, "ca_cert_file", "ca_cert_file cannot be used together with ca_cert_pem."},
		"no file":          {attributes{"ca_cert_file": "no/such/ca.pem"}, "ca_cert_file", `ca_cert_file ("no/such/ca.pem") cannot be used: there is no such file in the directory `},
		"no file of ~":     {attributes{"ca_cert_file": "~/no/such/ca.pem"}, "ca_cert_file", `("~/no/such/ca.pem") cannot be used: there is no such file.`},
		"a text as path":   {attributes{"ca_cert_file": authority.PEM}, "ca_cert_file", "ca_cert_file cannot be used: it is a text and not the path of a file; for a text, use ca_cert_pem."},
		"a key as path":    {attributes{"ca_cert_file": authority.KeyPEM}, "ca_cert_file", "it is a text and not the path of a file"},
		"no path":          {attributes{"ca_cert_file": ""}, "ca_cert_file", "the path is empty"},
		"a directory":      {attributes{"ca_cert_file": t.TempDir()}, "ca_cert_file", "it is a directory"},
		"a device":         {attributes{"ca_cert_file": os.DevNull}, "ca_cert_file", "another kind of file"},
		"a large file":     {attributes{"ca_cert_file": large}, "ca_cert_file", "has more than 8388608 bytes"},
		"no text":          {attributes{"ca_cert_pem": ""}, "ca_cert_pem", "the text is empty; to set no certificate, use null"},
		"a path as text":   {attributes{"ca_cert_pem": "ca.pem"}, "ca_cert_pem", "for the path of a file, use ca_cert_file"},
		"a file in DER":    {attributes{"ca_cert_file": file(t, der(t, authority))}, "ca_cert_file", "openssl x509 -inform der"},
		"a file, no PEM":   {attributes{"ca_cert_file": file(t, "certificate")}, "ca_cert_file", "no certificate in PEM form"},
		"a key":            {attributes{"ca_cert_pem": authority.KeyPEM}, "ca_cert_pem", "it contains a private key"},
		"a file with key":  {attributes{"ca_cert_file": file(t, authority.PEM+authority.KeyPEM)}, "ca_cert_file", "it contains a private key"},
		"expired":          {attributes{"ca_cert_file": file(t, expired.PEM)}, "ca_cert_file", `the certificate "Old" expired on `},
		"expired text":     {attributes{"ca_cert_pem": expired.PEM}, "ca_cert_pem", `the certificate "Old" expired on `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.settings["access_token"], c.settings["organization_id"] = "t", "o"
			_, said, err := prototest.Begin(t.Context(), New("test"), c.settings)
			if err != nil {
				t.Fatal(err)
			}
			if c.attribute == "" {
				if len(said) > 0 {
					t.Error(said)
				}
				return
			}
			if len(said) != 1 || said[0].Severity != tfprotov6.DiagnosticSeverityError || !said[0].Attribute.Equal(tftypes.NewAttributePath().WithAttributeName(c.attribute)) ||
				!strings.Contains(said.String(), c.says) {
				t.Errorf("got %s", said)
			}
			for _, secret := range []string{authority.PEM, authority.KeyPEM, expired.PEM} {
				if lines := strings.Split(secret, "\n"); strings.Contains(said.String(), lines[1]) {
					t.Errorf("it repeats the text: %s", said)
				}
			}
		})
	}
}

// TestCertificatesOfBothServers reads a process from a server of a private authority, with a token
// from another one. Without the certificates, nothing is sent, and the advice names the arguments.
func TestCertificatesOfBothServers(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	var requests atomic.Int32
	start := func(authority *certtest.Authority) string {
		server := authority.Serve(t, "127.0.0.1", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			h.ServeHTTP(w, r)
		}))
		return server.URL
	}
	api, tokens := certtest.New(t, "API", time.Now()), certtest.New(t, "Tokens", time.Now())
	settings := func(more attributes) attributes {
		all := attributes{
			"base_url": start(api) + "/api", "token_url": start(tokens) + "/api/oauth/token", "organization_id": sandbox.DefaultOrganization,
			"client_id": sandbox.DefaultClientID, "client_secret": sandbox.DefaultClientSecret,
		}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	for name, c := range map[string]struct {
		more attributes
		says string
	}{
		"file":       {attributes{"ca_cert_file": file(t, api.PEM+tokens.PEM)}, ""},
		"text":       {attributes{"ca_cert_pem": api.PEM + tokens.PEM}, ""},
		"API only":   {attributes{"ca_cert_pem": api.PEM}, "the certificate of"},
		"token only": {attributes{"ca_cert_pem": tokens.PEM}, "the certificate of"},
		"neither":    {nil, "ca_cert_file or ca_cert_pem in the provider block"},
	} {
		t.Run(name, func(t *testing.T) {
			all := settings(c.more)
			requests.Store(0)
			_, said, err := prototest.Data(t.Context(), New("test"), all, "tallyfy_run", attributes{"run_id": sandbox.SeedRunID})
			if err != nil {
				t.Fatal(err)
			}
			if said.Failed() != (c.says != "") || !strings.Contains(said.String(), c.says) {
				t.Errorf("got %s", said)
			}
			if name == "neither" && requests.Load() != 0 {
				t.Errorf("%d requests were sent", requests.Load())
			}
		})
	}
}
