// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// startTLS starts a TLS server that does not log rejected handshakes.
func startTLS(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// ownTransport returns a copy of the default transport.
func ownTransport(t *testing.T) *http.Transport {
	t.Helper()
	base, err := newTransport(nil)
	transport, ok := base.(*http.Transport)
	if !ok || err != nil {
		t.Fatal("the default transport was replaced")
	}
	transport.Proxy = nil
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// trusting makes a transport trust a server's certificate.
func trusting(server *httptest.Server, transport *http.Transport) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport.TLSClientConfig
}

// An untrusted certificate is not retried, and the advice names the system's certificate store.
func TestUntrustedCertificates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*httptest.Server, *http.Transport) (base string)
		says   []string
	}{
		"unknown authority": {
			func(s *httptest.Server, _ *http.Transport) string { return s.URL },
			[]string{"the certificate of 127.0.0.1:", "was not accepted: x509: ", `. The authority "O=Acme Co" is not trusted.`, "certificate store", "SSL_CERT_FILE or SSL_CERT_DIR", "the server does not send the intermediate certificates"},
		},
		"another host": {func(s *httptest.Server, transport *http.Transport) string {
			trusting(s, transport)
			return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
		}, []string{"the certificate of localhost:", "x509: certificate is valid for", "for another host", "SSL_CERT_FILE or SSL_CERT_DIR"}},
		"expired": {func(s *httptest.Server, transport *http.Transport) string {
			trusting(s, transport).Time = func() time.Time { return time.Now().AddDate(200, 0, 0) }
			return s.URL
		}, []string{"x509: certificate has expired", "Check the clock of this machine, and have the certificate renewed"}},
		"of the proxy": {func(s *httptest.Server, transport *http.Transport) string {
			proxy, _ := url.Parse(s.URL)
			transport.Proxy = http.ProxyURL(proxy)
			return "https://tallyfy.test"
		}, []string{"the certificate of the proxy was not accepted"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			server := startTLS(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
			transport := ownTransport(t)
			base := c.change(server, transport)
			client, err := New(Config{BaseURL: base, AccessToken: testToken, MaxRetries: 4, Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			for method, send := range operations {
				err := send(t.Context(), client)
				var e *Error
				if !errors.As(err, &e) || e.Outcome != NotSent || e.Attempts > 1 || Repeatable(err) || !IsConnectionRejected(err) || requests.Load() != 0 {
					t.Fatalf("%s: got %#v", method, err)
				}
				contains(t, err.Error(), c.says...)
				if budget := client.NewBudget(); budget.Wait(t.Context(), budget.Count(err)) == nil {
					t.Errorf("%s: it is tried again", method)
				}
			}
		})
	}
}

// A proxy's response to CONNECT is reported as the proxy's, without its password. A permanent
// rejection is not retried.
func TestProxyRejectsConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		final  bool
		says   []string
	}{
		"credentials": {407, true, []string{"407 Proxy Authentication Required", "requires a valid user name and password", "HTTPS_PROXY"}},
		"forbidden":   {403, true, []string{"403 Forbidden", "Allow connections to tallyfy.test:443 on the proxy 127.0.0.1:"}},
		"redirect":    {302, true, []string{"302 Found", "Allow connections"}},
		"busy":        {429, false, []string{"429 Too Many Requests"}},
		"unreachable": {502, false, []string{"502 Bad Gateway"}},
		"down":        {503, false, []string{"503 Service Unavailable"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var connects atomic.Int32
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodConnect {
					connects.Add(1)
				}
				w.WriteHeader(c.status)
			}))
			defer proxy.Close()
			transport := ownTransport(t)
			address, err := url.Parse(strings.Replace(proxy.URL, "://", "://someone:pr0xy-pass@", 1))
			if err != nil {
				t.Fatal(err)
			}
			transport.Proxy = http.ProxyURL(address)
			client, err := New(Config{BaseURL: "https://tallyfy.test/api", AccessToken: testToken, MaxRetries: 1, Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.GetTask(t.Context(), processTask)
			attempts := int32(2)
			if c.final {
				attempts = 1
			}
			if OutcomeOf(err) != NotSent || Repeatable(err) == c.final || connects.Load() != attempts {
				t.Errorf("%d attempts, outcome %d, repeatable %t", connects.Load(), OutcomeOf(err), Repeatable(err))
			}
			contains(t, err.Error(), append(c.says, "the proxy "+address.Host+" did not connect to tallyfy.test:443")...)
			if strings.Contains(err.Error(), "someone") || strings.Contains(err.Error(), "pr0xy") {
				t.Errorf("it says %v", err)
			}
		})
	}
}

// A 407 to the request itself is the proxy's too.
func TestProxyRejectsRequest(t *testing.T) {
	t.Parallel()
	client, w := newScriptedClient(t, 4, reply{status: 407})
	_, err := client.GetTask(t.Context(), processTask)
	var e *Error
	if !errors.As(err, &e) || e.Outcome != Rejected || len(w.requests) != 1 || e.Response() != "the proxy returned 407 Proxy Authentication Required" {
		t.Errorf("got %#v", err)
	}
	contains(t, err.Error(), "The proxy requires a valid user name and password")

	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer proxy.Close()
	transport := ownTransport(t)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport.Proxy = http.ProxyURL(address)
	client, err = New(Config{BaseURL: "http://localhost:1/api", AccessToken: testToken, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.GetTask(t.Context(), processTask)
	contains(t, err.Error(), "407", "The proxy "+address.Host+" requires")
}

// net/http uses a part of a malformed value as the host, or connects without a proxy.
func TestCheckProxy(t *testing.T) { // not parallel: it sets the environment
	const proxy = "http://someone:pr0xy-pass@proxy.test:3128"
	for name, c := range map[string]struct {
		environment map[string]string
		refused     string // the variable
	}{
		"none":               {nil, ""},
		"URL":                {map[string]string{"HTTPS_PROXY": proxy}, ""},
		"host and port":      {map[string]string{"HTTPS_PROXY": "proxy.test:3128"}, ""},
		"host":               {map[string]string{"https_proxy": "proxy.test"}, ""},
		"user and host":      {map[string]string{"https_proxy": "someone:pr0xy-pass@proxy.test:3128/"}, ""},
		"IPv6":               {map[string]string{"https_proxy": "http://[::1]:3128"}, ""},
		"socks5":             {map[string]string{"HTTPS_PROXY": "socks5h://proxy.test"}, ""},
		"no host":            {map[string]string{"HTTPS_PROXY": "://x"}, "HTTPS_PROXY"},
		"no host but a port": {map[string]string{"HTTPS_PROXY": "http://:3128"}, "HTTPS_PROXY"},
		"bracket":            {map[string]string{"https_proxy": "http://[::1"}, "https_proxy"},
		"scheme":             {map[string]string{"HTTPS_PROXY": "ftp://x"}, "HTTPS_PROXY"},
		"socks":              {map[string]string{"HTTPS_PROXY": "socks://proxy.test"}, "HTTPS_PROXY"},
		"percent":            {map[string]string{"HTTPS_PROXY": "http://someone:pr0xy%pass@proxy.test"}, "HTTPS_PROXY"},
		"hash":               {map[string]string{"HTTPS_PROXY": "http://someone:pr0xy#pass@proxy.test"}, "HTTPS_PROXY"},
		"space":              {map[string]string{"HTTPS_PROXY": " http://proxy.test"}, "HTTPS_PROXY"},
		"port":               {map[string]string{"HTTPS_PROXY": "http://proxy.test:99999"}, "HTTPS_PROXY"},
		"the first counts":   {map[string]string{"HTTPS_PROXY": proxy, "https_proxy": "://x"}, ""},
		"not for https":      {map[string]string{"HTTP_PROXY": "://x", "ALL_PROXY": "://x"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
				t.Setenv(variable, c.environment[variable])
			}
			_, err := New(Config{BaseURL: DefaultBaseURL, AccessToken: testToken})
			if (err == nil) != (c.refused == "") {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				contains(t, err.Error(), "the environment variable "+c.refused+" ")
				if strings.Contains(err.Error(), c.environment[c.refused]) || strings.Contains(err.Error(), "pr0xy") {
					t.Errorf("it says %v", err)
				}
			}
			if _, err := New(Config{BaseURL: "http://127.0.0.1:8080", AccessToken: testToken}); err != nil {
				t.Errorf("an address that is never reached through a proxy: %v", err)
			}
			application := &Credentials{ClientID: "1", ClientSecret: testSecret}
			if _, err := New(Config{BaseURL: "http://127.0.0.1:8080", Credentials: application}); (err == nil) != (c.refused == "") {
				t.Errorf("for the token URL: %v", err)
			}
		})
	}
}

// Over HTTP/2, a completion whose response is lost is unknown and is sent once. net/http does not
// send it again, even on a reused connection.
func TestLostResponsesOverHTTP2(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*httptest.Server, *http.Request){
		"stream reset":   func(*httptest.Server, *http.Request) { panic(http.ErrAbortHandler) },
		"connection cut": func(server *httptest.Server, _ *http.Request) { server.CloseClientConnections() },
		"hang":           func(_ *httptest.Server, r *http.Request) { <-r.Context().Done() },
	} {
		for _, warm := range []bool{false, true} {
			temperature := map[bool]string{false: " cold", true: " warm"}[warm]
			t.Run(name+temperature, func(t *testing.T) {
				t.Parallel()
				var posts, others atomic.Int32
				var started atomic.Pointer[httptest.Server]
				server := startTLS(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.ProtoMajor != 2:
						others.Add(1)
					case r.Method == http.MethodGet:
						_, _ = io.WriteString(w, openTask)
					default:
						posts.Add(1)
						lose(started.Load(), r)
					}
				}))
				started.Store(server)
				transport := ownTransport(t)
				trusting(server, transport)
				client, err := New(Config{BaseURL: server.URL, AccessToken: testToken, MaxRetries: 4, RequestTimeout: time.Second, Transport: transport})
				if err != nil {
					t.Fatal(err)
				}
				if warm {
					if _, err := client.GetTask(t.Context(), processTask); err != nil {
						t.Fatal(err)
					}
				}
				_, err = client.Complete(t.Context(), processTask, Completion{TaskID: task})
				if OutcomeOf(err) != Unknown || posts.Load() != 1 || others.Load() != 0 {
					t.Errorf("%d completions, %d requests not over HTTP/2, outcome %d: %v", posts.Load(), others.Load(), OutcomeOf(err), err)
				}
			})
		}
	}
}
