// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"context"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/provider"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file runs rows over the provider's protocol, with simulated time. The provider and the
// sandbox use HTTP over connections in memory, so requests fail as they do on a network.

func TestMatrix(t *testing.T) {
	t.Parallel()
	for n, r := range append(rows(), specialRows()...) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := sandbox.New(r.config)
				tf := newInProcess(t, server)
				defer tf.network.close()
				perform(t, tf, []*testCase{newTestCase(r, n+1, server)})
			})
		})
	}
}

// inProcess plans and applies one test case without a CLI.
type inProcess struct {
	*testing.T
	network *network
	*prototest.Terraform
	last *prototest.Plan
}

func newInProcess(t *testing.T, server *sandbox.Server) *inProcess {
	t.Helper()
	h := &inProcess{T: t, network: listen(server)}
	h.move(nil)
	return h
}

func (h *inProcess) move(base func(string) string) {
	url := "http://127.0.0.1/api"
	if base != nil {
		url = base(url)
	}
	moved, err := prototest.New(h.Context(), provider.NewOver("test", h.network), prototest.Attributes{
		"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": url, "preflight": false,
	}, "tallyfy_task_completion")
	if err != nil {
		h.Fatal(err)
	}
	if h.Terraform != nil {
		moved.State = h.State
	}
	h.Terraform = moved
}

// arm prepares the faults that keep a request from being sent.
func (h *inProcess) arm(ts []*testCase) { h.network.breakNext(ts[0].faults) }

func (h *inProcess) plan(ts []*testCase, destroying bool) {
	t := ts[0]
	var block prototest.Attributes
	if !destroying {
		block = protocolBlock(t.attributes())
	}
	plan, err := h.Plan(context.Background(), block)
	if err != nil {
		h.Fatal(err)
	}
	h.last = plan
	t.planned, t.failed, t.said = actionOf(plan.Action), plan.Failed(), plan.String()
	h.show(t)
}

func (h *inProcess) apply(ts []*testCase) {
	t := ts[0]
	said, err := h.Apply(context.Background(), h.last)
	if err != nil {
		h.Fatal(err)
	}
	t.failed = said.Failed()
	t.said = strings.TrimSpace(t.said + "\n" + said.String())
	h.show(t)
}

// show reads the recorded status.
func (h *inProcess) show(t *testCase) {
	t.held, t.tainted = nothing, false
	if h.State == nil {
		return
	}
	values := map[string]tftypes.Value{}
	if err := h.State.Value.As(&values); err != nil {
		h.Fatal(err)
	}
	var status *string
	if err := values["status"].As(&status); err != nil {
		h.Fatal(err)
	}
	t.held, t.tainted = recordedAs(status), h.State.Tainted
}

// recordedAs returns the recorded status of a task.
func recordedAs(status *string) recorded {
	if status != nil && *status == "completed" {
		return completed
	}
	return open
}

func actionOf(a prototest.Action) action {
	if a == prototest.NoOp {
		return noChanges
	}
	return action(a)
}

// protocolBlock sets the types of the attributes of a configuration.
func protocolBlock(attributes map[string]any) prototest.Attributes {
	block := prototest.Attributes{}
	for name, value := range attributes {
		block[name] = value
		if members, ok := value.(map[string]any); ok {
			types, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
			for key, member := range members {
				types[key], values[key] = tftypes.String, tftypes.NewValue(tftypes.String, member)
			}
			block[name] = tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
		}
	}
	return block
}

// breakage is the reason that a request is not sent.
type breakage int

const (
	dialRefused breakage = iota + 1
	handshakeFails
)

// network connects clients to a server in memory.
type network struct {
	server    *http.Server
	transport *http.Transport
	conns     chan net.Conn
	closed    chan struct{}

	broken map[string]breakage // of the next request with a method
	skip   map[string]int
}

func listen(handler http.Handler) *network {
	n := &network{server: &http.Server{Handler: handler}, conns: make(chan net.Conn), closed: make(chan struct{})} //nolint:gosec // only the test sends requests to it
	n.transport = &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 10}
	go n.server.Serve(n) //nolint:errcheck // it ends when the network is closed
	return n
}

// breakNext keeps one request of each hit that has a breakage from being sent.
func (n *network) breakNext(hits []hit) {
	n.broken, n.skip = map[string]breakage{}, map[string]int{}
	for _, h := range hits {
		if h.broken != 0 {
			n.broken[h.method], n.skip[h.method] = h.broken, h.skip
		}
	}
}

// RoundTrip sends a request, or breaks it.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	how := n.broken[r.Method]
	if how != 0 && n.skip[r.Method] > 0 {
		n.skip[r.Method]--
		how = 0
	}
	if how == 0 {
		return n.transport.RoundTrip(r)
	}
	delete(n.broken, r.Method)
	if how == dialRefused {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	secure := r.Clone(r.Context())
	secure.URL.Scheme = "https" // the server does not support TLS
	return n.transport.RoundTrip(secure)
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	if strings.Contains(noServer, address) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	client, server := net.Pipe()
	select {
	case n.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.closed:
		return nil, syscall.ECONNREFUSED
	}
}

// Accept returns the next connection. Accept, Close and Addr implement [net.Listener].
func (n *network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	select {
	case <-n.closed:
	default:
		close(n.closed)
	}
	return nil
}

func (n *network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (n *network) close() {
	n.transport.CloseIdleConnections()
	_ = n.server.Close() // requests in progress have lost their client
}
