// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ParseCertificates returns the certificates of a PEM text, which may contain other text between
// the blocks. Expired ones among others are left out, as bundles contain them. The error says why
// the text cannot be used, and contains nothing of it but names of authorities and kinds of blocks.
func ParseCertificates(text string) ([]*x509.Certificate, error) {
	rest := []byte(strings.TrimPrefix(text, "\ufeff"))
	var certificates []*x509.Certificate
	var unusable error // the last certificate that is not valid now
	blocks := 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		blocks++
		if block.Type != "CERTIFICATE" {
			return nil, wrongBlock(block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be read: %w", blocks, err)
		}
		if err := checkValidity(certificate, time.Now()); err != nil {
			unusable = err
			continue
		}
		certificates = append(certificates, certificate)
	}
	switch begun := strings.Count(text, "-----BEGIN "); {
	case begun > blocks: // pem.Decode skips what is broken
		return nil, errors.New("a PEM block is damaged: each must have all lines from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----")
	case blocks == 0 && isDER(text):
		return nil, errors.New("it is a certificate in DER form: convert it, for example with openssl x509 -inform der -in ca.cer -out ca.pem")
	case blocks == 0:
		return nil, errors.New("it contains no certificate in PEM form, which begins with the line -----BEGIN CERTIFICATE-----")
	case len(certificates) == 0:
		return nil, unusable
	}
	return certificates, nil
}

// isDER reports whether a text is a certificate in binary form.
func isDER(text string) bool {
	certificates, err := x509.ParseCertificates([]byte(text))
	return err == nil && len(certificates) > 0
}

// wrongBlock returns the error for a PEM block that is not a certificate.
func wrongBlock(kind string) error {
	if strings.HasSuffix(kind, "PRIVATE KEY") {
		return errors.New("it contains a private key: use only the certificate of the authority, and keep the key elsewhere")
	}
	return fmt.Errorf("it contains a PEM block of the kind %q, not only certificates", kind)
}

// checkValidity returns an error if a certificate is not valid at this time.
func checkValidity(c *x509.Certificate, now time.Time) error {
	name := nameOf(c.Subject)
	switch {
	case now.After(c.NotAfter):
		return fmt.Errorf("the certificate %q expired on %s", name, c.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(c.NotBefore):
		return fmt.Errorf("the certificate %q is not valid before %s", name, c.NotBefore.UTC().Format(time.DateOnly))
	}
	return nil
}

// nameOf returns the common name of an authority, or all its names if it has none.
func nameOf(authority pkix.Name) string {
	if authority.CommonName != "" {
		return authority.CommonName
	}
	return authority.String()
}

// trust returns the certificates of the system together with others.
func trust(others []*x509.Certificate) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the system's certificates: %w", err)
	}
	for _, certificate := range others {
		pool.AddCert(certificate)
	}
	return pool, nil
}
