// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/certtest"
)

func TestParseCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	const year = 365 * 24 * time.Hour
	first, second := certtest.New(t, "First", now), certtest.New(t, "Second", now)
	expired, future := certtest.New(t, "Expired", now.Add(-year)), certtest.New(t, "Future", now.Add(year))
	damaged := strings.Replace(first.PEM, "\nMII", "\nM!I", 1)
	for name, c := range map[string]struct {
		text  string
		count int
		says  string
	}{
		"one":            {first.PEM, 1, ""},
		"two":            {first.PEM + second.PEM, 2, ""},
		"with text":      {"Company authority\n\n" + first.PEM + "\nanother\n" + second.PEM + "the end", 2, ""},
		"CRLF, BOM":      {"\ufeff" + strings.ReplaceAll(first.PEM, "\n", "\r\n"), 1, ""},
		"one expired":    {expired.PEM + first.PEM + future.PEM, 1, ""},
		"all expired":    {expired.PEM, 0, `the certificate "Expired" expired on ` + now.Add(24*time.Hour-year).UTC().Format(time.DateOnly)},
		"not valid yet":  {future.PEM, 0, `the certificate "Future" is not valid before `},
		"empty":          {"", 0, "no certificate in PEM form"},
		"text":           {"not a certificate", 0, "no certificate in PEM form"},
		"a path":         {"/etc/ssl/ca.pem", 0, "no certificate in PEM form"},
		"DER":            {"\x30\x82\x01\x0a\x02\x82", 0, "no certificate in PEM form"},
		"a key":          {first.KeyPEM, 0, "it contains a private key"},
		"an RSA key":     {"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", 0, "it contains a private key"},
		"a key too":      {first.PEM + first.KeyPEM, 0, "it contains a private key"},
		"another kind":   {"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", 0, `a PEM block of the kind "PKCS7"`},
		"not DER inside": {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0, "certificate 1 cannot be read: x509: "},
		"damaged":        {damaged, 0, "a PEM block is damaged"},
		"one damaged":    {second.PEM + damaged, 0, "a PEM block is damaged"},
		"cut off":        {first.PEM[:len(first.PEM)-30], 0, "a PEM block is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			certificates, err := ParseCertificates(c.text)
			if len(certificates) != c.count || (err == nil) != (c.says == "") {
				t.Fatalf("got %d certificates and %v", len(certificates), err)
			}
			if err == nil {
				return
			}
			contains(t, err.Error(), c.says)
			for line := range strings.Lines(c.text) {
				if line = strings.TrimSpace(line); len(line) > 40 && strings.Contains(err.Error(), line) {
					t.Errorf("the error repeats the text: %v", err)
				}
			}
		})
	}
}

// TestCertificates connects to servers of a private authority: the API, and the server of tokens.
// Without its certificate, nothing is sent.
func TestCertificates(t *testing.T) {
	t.Parallel()
	authority := certtest.New(t, "Private", time.Now())
	var requests atomic.Int32
	start := func(handler http.HandlerFunc) string {
		server := authority.Serve(t, "127.0.0.1", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			w.Header().Set("Content-Type", "application/json")
			handler(w, r)
		}))
		return server.URL
	}
	api := start(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, openTask) })
	tokens := start(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer","expires_in":604800}`)
	})
	trusted, err := ParseCertificates(authority.PEM)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{BaseURL: api, Credentials: &Credentials{ClientID: "1", ClientSecret: "secret", TokenURL: tokens}, MaxRetries: 4, Certificates: trusted}
	for _, trusting := range []bool{true, false} {
		if !trusting {
			config.Certificates = nil
		}
		client, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		requests.Store(0)
		_, err = client.GetTask(t.Context(), processTask)
		if trusting {
			if err != nil || requests.Load() != 2 {
				t.Errorf("got %v after %d requests", err, requests.Load())
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || requests.Load() != 0 {
			t.Fatalf("got %v after %d requests", err, requests.Load())
		}
		contains(t, err.Error(), "was not accepted: x509: ", "ca_cert_file or ca_cert_pem in the provider block", "SSL_CERT_FILE")
	}
}
