// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// countedServer is a TLS server that knows one task, and counts what reaches it.
type countedServer struct {
	*httptest.Server
	connections, dials, http2 atomic.Int32
}

func startCounted(t *testing.T, http2 bool) *countedServer {
	t.Helper()
	s := &countedServer{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			s.http2.Add(1)
		}
		if r.URL.Path != "/organizations/"+org+"/runs/"+run+"/tasks/"+task {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`)
			return
		}
		time.Sleep(time.Millisecond) // so that requests overlap
		_, _ = io.WriteString(w, openTask)
	}))
	s.EnableHTTP2 = http2
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// client returns a client that reaches the server by the name of the certificate, as it reaches
// Tallyfy.
func (s *countedServer) client(t *testing.T) *Client {
	t.Helper()
	transport := ownTransport(t)
	trusting(s.Server, transport)
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		s.dials.Add(1) // each dial looks the name up
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}
	client, err := New(Config{BaseURL: "https://example.com", AccessToken: testToken, UserAgent: "test/1", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// All requests of a process share one connection if the server offers HTTP/2, so that the name is
// looked up and TLS is negotiated once, also after responses that are errors. With HTTP/1.1 they
// need about one for each concurrent request. net/http may open a few more, because a request that
// finds no idle connection opens one even if another becomes idle meanwhile.
func TestTLSConnectionsAreShared(t *testing.T) {
	t.Parallel()
	const concurrent, each = 10, 40
	for name, c := range map[string]struct {
		http2 bool
		most  int32
	}{"HTTP/2": {true, 1}, "HTTP/1.1": {false, 4 * concurrent}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startCounted(t, c.http2)
			client := server.client(t)
			if _, err := client.GetTask(t.Context(), processTask); err != nil {
				t.Fatal(err)
			}
			var running sync.WaitGroup
			for i := range concurrent {
				running.Go(func() {
					for range each {
						if _, err := []*Client{client, client.WithoutRetries(), client.Urgent()}[i%3].GetTaskWithForm(t.Context(), processTask); err != nil {
							t.Error(err)
						}
						if _, err := client.WithRateLimitRetriesOnly().GetTask(t.Context(), oneOffTask); !IsNotFound(err) {
							t.Error(err)
						}
					}
				})
			}
			running.Wait()
			connections := server.connections.Load()
			if connections > c.most || connections != server.dials.Load() || (server.http2.Load() > 0) != c.http2 {
				t.Errorf("%d connections by %d dials, and %d requests by HTTP/2; want at most %d", connections, server.dials.Load(), server.http2.Load(), c.most)
			}
		})
	}
}
