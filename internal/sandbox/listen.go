// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// readHeaderTimeout ends connections that never finish their headers.
const readHeaderTimeout = 10 * time.Second

// freePort is any free port of 127.0.0.1.
const freePort = "127.0.0.1:0"

// Start returns a Server that listens on a free port of 127.0.0.1.
func Start(c Config) (*Server, error) {
	return StartOn(freePort, c)
}

// StartOn returns a Server that listens on addr ("host:port", port 0 for a free
// one). The host must be a loopback address or "localhost", because the sandbox has
// no protection against a network.
func StartOn(addr string, c Config) (*Server, error) {
	s := New(c)
	l, err := listen(addr, s)
	if err != nil {
		return nil, err
	}
	s.listening = l
	return s, nil
}

// loopbackListener is the network side of a Server, from a start until it is closed.
type loopbackListener struct {
	server *http.Server
	url    string
	served chan struct{} // closed when Serve has returned
}

// listen starts to serve on a loopback address.
func listen(addr string, handler http.Handler) (*loopbackListener, error) {
	at, err := loopback(addr)
	if err != nil {
		return nil, err
	}
	listener, err := net.ListenTCP("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr, err)
	}
	l := &loopbackListener{
		server: &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout},
		url:    "http://" + listener.Addr().String() + "/api",
		served: make(chan struct{}),
	}
	go func() {
		defer close(l.served)
		// Serve always ends with an error, ErrServerClosed after Close or Shutdown.
		_ = l.server.Serve(listener)
	}()
	return l, nil
}

// loopback parses a listen address and rejects all but loopback addresses.
func loopback(addr string) (*net.TCPAddr, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("the listen address %q is not of the form host:port: %w", addr, err)
	}
	refusal := fmt.Errorf("the listen address %q is not a loopback address; use 127.0.0.1, [::1] or localhost", addr)
	if net.ParseIP(host) == nil && host != "localhost" {
		return nil, refusal // no other name is resolved
	}
	at, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the listen address %q: %w", addr, err)
	}
	// A hosts file may map localhost to any address.
	if !at.IP.IsLoopback() {
		return nil, refusal
	}
	return at, nil
}

// URL returns the base URL for clients, such as "http://127.0.0.1:41234/api". It is
// empty for a Server from New, and stays the same after Close. The same routes are
// served without "/api" too, as on api.tallyfy.com (API.md §1).
func (s *Server) URL() string {
	l := s.currentListener()
	if l == nil {
		return ""
	}
	return l.url
}

// Close stops listening and closes all connections. It does not wait for requests
// that are being handled; they may still have their effect, so a Fault's Before may
// call it. It may be called twice, and has no effect on a Server from New.
func (s *Server) Close() {
	l := s.currentListener()
	if l == nil {
		return
	}
	_ = l.server.Close()
	<-l.served
}

// Shutdown stops listening, waits for requests that are being handled until ctx
// ends, and then closes their connections.
func (s *Server) Shutdown(ctx context.Context) error {
	l := s.currentListener()
	if l == nil {
		return nil
	}
	err := l.server.Shutdown(ctx)
	_ = l.server.Close()
	<-l.served
	return err
}

// currentListener returns the current network side; nil if there is none. The
// caller must not hold s.mu while it uses the result, because requests may wait for
// the lock.
func (s *Server) currentListener() *loopbackListener {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listening
}
