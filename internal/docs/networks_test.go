// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/certtest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The hosts of Tallyfy in a network that only its proxy can leave.
const (
	apiHost   = "tallyfy.example"
	tokenHost = "account.tallyfy.example"

	proxyUser     = "someone"
	proxyPassword = "pr0xy-p4ssword"
)

// companyProxy connects clients with credentials to the hosts above. If an authority has issued the
// certificate of a host, and not one that the world knows, it is a proxy that inspects TLS.
type companyProxy struct {
	*httptest.Server

	mu        sync.Mutex
	hosts     map[string]string // by name, the address of each
	connected []string
	refused   int
}

func newCompanyProxy(t *testing.T, hosts map[string]string) *companyProxy {
	t.Helper()
	p := &companyProxy{hosts: hosts}
	p.Server = httptest.NewServer(http.HandlerFunc(p.connect))
	t.Cleanup(p.Close)
	return p
}

// address is the value of HTTPS_PROXY.
func (p *companyProxy) address(password string) string {
	return strings.Replace(p.URL, "://", "://"+proxyUser+":"+password+"@", 1)
}

// deny makes the proxy refuse connections to a host.
func (p *companyProxy) deny(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.hosts, host)
}

// requests returns the hosts that clients were connected to, and how many requests were refused.
func (p *companyProxy) requests() (connected []string, refused int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.connected), p.refused
}

func (p *companyProxy) connect(w http.ResponseWriter, r *http.Request) {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(proxyUser+":"+proxyPassword))
	p.mu.Lock()
	to := p.hosts[r.URL.Hostname()]
	switch {
	case r.Method != http.MethodConnect || to == "":
		p.mu.Unlock()
		w.WriteHeader(http.StatusForbidden)
		return
	case r.Header.Get("Proxy-Authorization") != want:
		p.refused++
		p.mu.Unlock()
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	p.connected = append(p.connected, r.URL.Hostname())
	p.mu.Unlock()

	server, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close() //nolint:errcheck // only used here
	w.WriteHeader(http.StatusOK)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close() //nolint:errcheck // only used here
	go func() {
		_, _ = io.Copy(server, buffered)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}

// network is the sandbox behind a company's proxy, with an authority for each host.
type network struct {
	*fixture
	proxy       *companyProxy
	api, tokens *certtest.Authority
}

// newNetwork copies these examples, with a plain task, to a directory.
func newNetwork(t *testing.T, provider string) *network {
	t.Helper()
	n := &network{fixture: newFixtureOf(t, provider, filepath.Join(examples(t), "resources", "tallyfy_task_completion", "resource.tf"))}
	start := func(name, host string) (*certtest.Authority, string) {
		authority := certtest.New(t, name, time.Now())
		server := authority.Serve(t, host, n.server)
		u, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		return authority, u.Host
	}
	hosts := map[string]string{}
	n.api, hosts[apiHost] = start("API", apiHost)
	n.tokens, hosts[tokenHost] = start("Tokens", tokenHost)
	n.proxy = newCompanyProxy(t, hosts)
	n.env = append(n.env,
		"TALLYFY_BASE_URL=https://"+apiHost+"/api", "TALLYFY_TOKEN_URL=https://"+tokenHost+"/api/oauth/token", "TALLYFY_ACCESS_TOKEN=",
		"TALLYFY_CLIENT_ID="+sandbox.DefaultClientID, "TALLYFY_CLIENT_SECRET="+sandbox.DefaultClientSecret,
		"HTTPS_PROXY="+n.proxy.address(proxyPassword), "NO_PROXY=", "https_proxy=", "no_proxy=",
		"TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(n.folder, "log.txt"))
	return n
}

// trust writes certificates to the file that the example names.
func (n *network) trust(authorities ...*certtest.Authority) {
	n.t.Helper()
	n.write("company-ca.pem", authorities...)
}

func (n *network) write(name string, authorities ...*certtest.Authority) (path string) {
	n.t.Helper()
	var text strings.Builder
	for _, authority := range authorities {
		text.WriteString(authority.PEM)
	}
	path = filepath.Join(n.folder, name)
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return path
}

// apply applies the configuration, and checks that no password of the proxy, in any form, is in the
// output, the log or the state.
func (n *network) apply() (string, error) {
	n.t.Helper()
	command := n.w.Command(n.t.Context(), n.server, n.folder, "apply", "-input=false", "-auto-approve")
	command.Env = append(command.Env, n.env...)
	out, err := command.CombinedOutput()
	texts := map[string]string{"output": string(out), "log": content(n.t, filepath.Join(n.folder, "log.txt"))}
	if state, err := os.ReadFile(filepath.Join(n.folder, "terraform.tfstate")); err == nil {
		texts["state"] = string(state)
	}
	for name, text := range texts {
		for _, secret := range []string{proxyPassword, base64.StdEncoding.EncodeToString([]byte(proxyUser + ":" + proxyPassword)), "wr0ng-p4ssword", sandbox.DefaultClientSecret} {
			if strings.Contains(text, secret) {
				n.t.Errorf("the %s contains %q", name, secret)
			}
		}
	}
	if !strings.Contains(texts["log"], "tallyfy") {
		n.t.Error("the log has nothing of the provider")
	}
	return string(out), err
}

// applied checks that the apply succeeded by way of the proxy, for both hosts.
func (n *network) applied() {
	n.t.Helper()
	if out, err := n.apply(); err != nil {
		n.t.Fatalf("%v\n%s", err, out)
	}
	completions := n.server.Count(http.MethodPost, "completed-tasks")
	connected, _ := n.proxy.requests()
	if completions != 1 || !slices.Contains(connected, apiHost) || !slices.Contains(connected, tokenHost) {
		n.t.Errorf("%d completions, and connections to %q", completions, connected)
	}
}

// failed checks that the apply failed with these texts, and that nothing reached Tallyfy.
func (n *network) failed(says ...string) {
	n.t.Helper()
	out, err := n.apply()
	flat := strings.Join(strings.Fields(out), " ")
	for _, text := range says {
		if err == nil || !strings.Contains(flat, text) {
			n.t.Errorf("got %v, want an error with %q\n%s", err, text, out)
		}
	}
	if got := n.server.Count("", ""); got != 0 {
		n.t.Errorf("%d requests were sent", got)
	}
}

// testCertificates applies the example of a private authority behind a proxy with credentials.
func testCertificates(t *testing.T, file string) {
	t.Run("trusted", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, file)
		n.trust(n.api, n.tokens)
		n.applied()
		if _, refused := n.proxy.requests(); refused > 0 {
			t.Errorf("the proxy refused %d connections", refused)
		}
		n.mustRun("plan", "-input=false", "-detailed-exitcode")
		n.mustRun("destroy", "-input=false", "-auto-approve")
	})
	t.Run("no file", func(t *testing.T) {
		t.Parallel()
		newNetwork(t, file).failed("Error: Invalid CA Certificate", `company-ca.pem") cannot be used: there is no such file in the directory`)
	})
	t.Run("another authority", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, file)
		n.trust(n.api)
		n.failed("the certificate of "+tokenHost, "was not accepted: x509: certificate signed by unknown authority", "ca_cert_file or ca_cert_pem in the provider block")
	})
	t.Run("a wrong password", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, file)
		n.trust(n.api, n.tokens)
		n.env = append(n.env, "HTTPS_PROXY="+n.proxy.address("wr0ng-p4ssword"))
		n.failed("407 Proxy Authentication Required", "HTTPS_PROXY")
		if _, refused := n.proxy.requests(); refused == 0 {
			t.Error("the proxy was not asked")
		}
	})
	t.Run("a host that is not allowed", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, file)
		n.trust(n.api, n.tokens)
		n.proxy.deny(tokenHost)
		n.failed(fmt.Sprintf("Allow connections to %s:443 on the proxy", tokenHost))
	})
	t.Run("with the system's", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS != "linux" {
			t.Skip("only Linux reads SSL_CERT_FILE")
		}
		n := newNetwork(t, file)
		n.trust(n.tokens)
		n.env = append(n.env, "SSL_CERT_FILE="+n.write("system.pem", n.api))
		n.applied()
	})
	t.Run("of the system only", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS != "linux" {
			t.Skip("only Linux reads SSL_CERT_DIR")
		}
		n := newNetwork(t, filepath.Join(examples(t), "provider", "provider.tf"))
		if err := os.Mkdir(filepath.Join(n.folder, "certs"), 0o700); err != nil {
			t.Fatal(err)
		}
		n.write(filepath.Join("certs", "a.pem"), n.api)
		n.write(filepath.Join("certs", "b.pem"), n.tokens)
		n.env = append(n.env, "SSL_CERT_DIR="+filepath.Join(n.folder, "certs"))
		n.applied()
	})
}
