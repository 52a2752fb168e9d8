// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// maxCertificateFile is the number of bytes that are read of a file of certificates. The bundles of
// systems have less than one million.
const maxCertificateFile = 8 << 20

// certificatesModel contains the arguments for the certificates of private authorities.
type certificatesModel struct {
	CACertFile types.String `tfsdk:"ca_cert_file"`
	CACertPEM  types.String `tfsdk:"ca_cert_pem"`
}

// addCertificates adds the attributes of certificatesModel to those of the provider block. No
// environment variable sets them: SSL_CERT_FILE and SSL_CERT_DIR are the convention for that.
func addCertificates(attributes map[string]schema.Attribute) {
	maps.Copy(attributes, map[string]schema.Attribute{
		"ca_cert_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The path of a file with the certificates of private authorities, in PEM form; a leading `~` is the home directory. " +
				"They are trusted in addition to those of the system. Conflicts with `ca_cert_pem`.",
		},
		"ca_cert_pem": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The same certificates as text. Conflicts with `ca_cert_file`.",
			Validators: []validator.String{stringRule{
				summary: "Invalid CA Certificate", rule: "must contain certificates in PEM form", secret: true,
				check: func(text string) error { _, err := parseText(text); return err },
			}},
		},
	})
}

func (m certificatesModel) certificatesUnknown() bool {
	return m.CACertFile.IsUnknown() || m.CACertPEM.IsUnknown()
}

// checkConflict adds an error if both arguments are set. An argument that is known only after apply
// may be null then.
func (m certificatesModel) checkConflict(diags *diag.Diagnostics) {
	for _, value := range []types.String{m.CACertFile, m.CACertPEM} {
		if value.IsNull() || value.IsUnknown() {
			return
		}
	}
	diags.AddAttributeError(path.Root("ca_cert_file"), "Invalid Attribute Combination",
		"ca_cert_file cannot be used together with ca_cert_pem.\n\nRemove one of them: a file and a text may each contain several certificates.")
}

// certificates returns the certificates that the arguments contain; none if they are not known yet.
func (m certificatesModel) certificates(diags *diag.Diagnostics) []*x509.Certificate {
	if m.checkConflict(diags); diags.HasError() || m.certificatesUnknown() {
		return nil
	}
	var certificates []*x509.Certificate
	var err error
	attribute, named, to := "ca_cert_pem", "ca_cert_pem", "the text"
	switch file := m.CACertFile.ValueString(); {
	case !m.CACertFile.IsNull():
		attribute, named, to = "ca_cert_file", "ca_cert_file", "the path"
		if !isText(file) { // which may be a private key
			named = fmt.Sprintf("%s (%q)", attribute, file)
		}
		certificates, err = parseFile(file)
	case !m.CACertPEM.IsNull():
		certificates, err = parseText(m.CACertPEM.ValueString())
	}
	if err != nil {
		diags.AddAttributeError(path.Root(attribute), "Invalid CA Certificate", fmt.Sprintf(
			"%s cannot be used: %s.\n\nSet %s to %s of the authority's certificate in PEM form, then try again.", named, err, attribute, to))
	}
	return certificates
}

// isText reports whether a value is the text of a file and not its path.
func isText(value string) bool {
	return strings.ContainsAny(value, "\r\n") || strings.Contains(value, "-----BEGIN ")
}

// parseText returns the certificates of a text. The error repeats nothing of it but names.
func parseText(text string) ([]*x509.Certificate, error) {
	switch {
	case text == "":
		return nil, errors.New("the text is empty; to set no certificate, use null")
	case !isText(text):
		return nil, errors.New("it contains no certificate in PEM form; for the path of a file, use ca_cert_file")
	}
	return tallyfy.ParseCertificates(text)
}

// parseFile returns the certificates of a file. The error does not repeat its path.
func parseFile(name string) ([]*x509.Certificate, error) {
	switch {
	case name == "":
		return nil, errors.New("the path is empty; to set no file, use null")
	case isText(name):
		return nil, errors.New("it is a text and not the path of a file; for a text, use ca_cert_pem")
	}
	name, err := expandHome(name)
	if err != nil {
		return nil, err
	}
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	return tallyfy.ParseCertificates(text)
}

// expandHome replaces a leading ~ with the user's home directory, as Terraform's file function
// does.
func expandHome(name string) (string, error) {
	rest, found := strings.CutPrefix(name, "~")
	if !found || rest != "" && !os.IsPathSeparator(rest[0]) {
		return name, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("the home directory for ~ is not known")
	}
	return filepath.Join(home, rest), nil
}

// readFile returns the text of a file of certificates.
func readFile(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", missingFile(name)
	case err != nil:
		return "", reasonOf(err)
	case !info.Mode().IsRegular():
		return "", errors.New("it is a directory, or another kind of file that cannot be read as a text")
	case info.Size() > maxCertificateFile:
		return "", fmt.Errorf("the file has more than %d bytes", maxCertificateFile)
	}
	file, err := os.Open(name) //nolint:gosec // the user's choice
	if err != nil {
		return "", reasonOf(err)
	}
	defer file.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(file, maxCertificateFile))
	return string(text), reasonOf(err)
}

// missingFile returns the error for a file that does not exist. For a relative path, it names the
// directory, because that is not the module's.
func missingFile(name string) error {
	directory, err := os.Getwd()
	if err != nil || filepath.IsAbs(name) {
		return errors.New("there is no such file")
	}
	return fmt.Errorf("there is no such file in the directory %s; for a file of a module, begin the path with ${path.module}/", directory)
}

// reasonOf returns the reason of a failed operation on a file, without the operation and the path.
func reasonOf(err error) error {
	var failed *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return errors.New("the file may not be read")
	case errors.As(err, &failed):
		return failed.Err
	}
	return err
}
