// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxIdlePerHost keeps a connection open for each concurrent operation (-parallelism of Terraform).
// Go's default keeps two.
const maxIdlePerHost = 100

// newTransport returns the default transport of a client. It reads its proxy from the environment,
// and trusts the system's certificates and the others, if there are any. If a program has replaced
// Go's default transport, newTransport returns that one unchanged.
func newTransport(certificates []*x509.Certificate) (http.RoundTripper, error) {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport, nil
	}
	transport := base.Clone()
	transport.MaxIdleConnsPerHost = maxIdlePerHost
	if len(certificates) > 0 {
		roots, err := trust(certificates)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	transport.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, to *http.Request, resp *http.Response) error {
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		return &proxyError{proxy: proxy.Host, host: to.Host, status: resp.StatusCode}
	}
	return transport, nil
}

// proxyError is a proxy's response to CONNECT other than 200.
type proxyError struct {
	proxy, host string // each with its port, without user name and password
	status      int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s did not connect to %s (%s)", e.proxy, e.host, statusText(e.status))
}

// final reports whether the proxy rejects the connection permanently.
func (e *proxyError) final() bool { return meaningOf(e.status, false).outcome == Rejected }

// advice returns what to do; it is empty if the proxy could not reach the host.
func (e *proxyError) advice() string {
	switch {
	case e.status == http.StatusProxyAuthRequired:
		return proxyCredentials(e.proxy)
	case e.final():
		return fmt.Sprintf("Allow connections to %s on the proxy %s, or list the host in NO_PROXY, then try again.", e.host, e.proxy)
	}
	return ""
}

// proxyCredentials returns the advice for a 407. proxy may be empty.
func proxyCredentials(proxy string) string {
	return strings.Replace(fmt.Sprintf("The proxy %s requires a valid user name and password: set them in the HTTPS_PROXY environment variable "+
		"(http://user:password@host:port, with special characters percent-encoded), or list Tallyfy's host in NO_PROXY, then try again.", proxy), "  ", " ", 1)
}

// proxyOf returns the host of the proxy for a request; empty if it is not known.
func (c *Client) proxyOf(req *http.Request) string {
	transport, ok := c.http.Transport.(*http.Transport)
	if !ok || transport.Proxy == nil {
		return ""
	}
	if proxy, err := transport.Proxy(req); err == nil && proxy != nil {
		return proxy.Host
	}
	return ""
}

// diagnose fills in the cause and the advice for err, an error of connecting, if its own text does
// not explain it.
func (e *Error) diagnose(req *http.Request, err error) {
	var refusal *proxyError
	if errors.As(err, &refusal) {
		e.Cause, e.Advice, e.final = refusal, refusal.advice(), refusal.final()
		return
	}
	problem := certificateProblem(err)
	if problem == nil {
		return
	}
	owner := req.URL.Host
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Op == "proxyconnect" {
		owner = "the proxy"
	}
	e.Advice = certificateAdvice(problem)
	e.Cause, e.final = &describedError{fmt.Sprintf("the certificate of %s was not accepted: %s%s", owner, problem, untrustedAuthority(problem)), err}, true
}

// certificateAdvice returns what to do about a certificate that was not accepted.
func certificateAdvice(problem error) string {
	var invalid x509.CertificateInvalidError
	if errors.As(problem, &invalid) && invalid.Reason == x509.Expired {
		return "Check the clock of this machine, and have the certificate renewed by the owner of the server or of the proxy that inspects TLS, then try again."
	}
	advice := "The system's certificate store decides which certificates are trusted. If a private authority has issued this one, as for a proxy that inspects TLS, " +
		"add the certificate of the authority with ca_cert_file or ca_cert_pem in the provider block, or to the store (on Linux, SSL_CERT_FILE or SSL_CERT_DIR can name another one), then try again."
	var host x509.HostnameError
	if errors.As(problem, &host) {
		return "Check the URL and any proxy in between: the certificate is for another host. " + advice
	}
	return advice + " If you have already added one, it may belong to another authority, or the server does not send the intermediate certificates: add these too."
}

// untrustedAuthority returns a sentence with the name of the authority that is not trusted, to
// follow the problem; empty if another problem was found.
func untrustedAuthority(problem error) string {
	var unknown x509.UnknownAuthorityError
	if !errors.As(problem, &unknown) || unknown.Cert == nil {
		return ""
	}
	return fmt.Sprintf(". The authority %q is not trusted", nameOf(unknown.Cert.Issuer))
}

// certificateProblem returns what is wrong with a certificate; nil if err is about something else.
func certificateProblem(err error) error {
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) {
		return verification.Err
	}
	for _, kind := range []any{
		new(x509.UnknownAuthorityError), new(x509.HostnameError), new(x509.CertificateInvalidError), new(x509.SystemRootsError),
		new(x509.ConstraintViolationError), new(x509.InsecureAlgorithmError), new(x509.UnhandledCriticalExtension),
	} {
		if errors.As(err, kind) {
			return err
		}
	}
	return nil
}

// proxySchemes are the proxy schemes that net/http supports. It treats any other as http.
var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// checkProxy returns an error if the proxy that the environment names for a URL is malformed.
// net/http does not: it uses a part of the value as the host, or connects without a proxy. The
// error names the variable and does not contain its value.
func checkProxy(getenv func(string) string, to *url.URL) error {
	if isLoopback(to.Hostname()) { // never reached through a proxy
		return nil
	}
	upper := strings.ToUpper(to.Scheme) + "_PROXY"
	for _, name := range []string{upper, strings.ToLower(upper)} {
		value := getenv(name)
		if value == "" {
			continue
		}
		if !isProxyURL(value) {
			return fmt.Errorf("the environment variable %s is not the URL of a proxy, such as http://proxy.example.com:3128 "+
				"(special characters in a password must be percent-encoded; the value is not shown because it may contain one)", name)
		}
		return nil // net/http does not read the other one
	}
	return nil
}

// isProxyURL reports whether net/http finds the intended proxy in s. The scheme may be missing.
func isProxyURL(s string) bool {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || !slices.Contains(proxySchemes, u.Scheme) {
		return false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && port > 0
}
