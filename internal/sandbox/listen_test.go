// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestStartOnRefusesWhatIsNotLoopback(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "", "127.0.0.1:no"} {
		t.Run(addr, func(t *testing.T) {
			s, err := sandbox.StartOn(addr, sandbox.Config{})
			if err == nil {
				s.Close()
				t.Errorf("%q was accepted", addr)
				return
			}
			if !strings.Contains(err.Error(), "listen address") {
				t.Errorf("the error does not say what is wrong: %v", err)
			}
		})
	}
}

func TestStartOnBusyPort(t *testing.T) {
	first := start(t, sandbox.Config{})
	addr := strings.TrimSuffix(strings.TrimPrefix(first.URL(), "http://"), "/api")
	second, err := sandbox.StartOn(addr, sandbox.Config{})
	if err == nil {
		second.Close()
		t.Fatal("two servers on one port")
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestStartOnLocalhost(t *testing.T) {
	s, err := sandbox.StartOn("localhost:0", sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close() // Twice is fine.
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

func TestServerBothMounts(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	if !strings.HasPrefix(c.URL(), "http://127.0.0.1:") || !strings.HasSuffix(c.URL(), "/api") {
		t.Errorf("unexpected URL %s", c.URL())
	}
	root := strings.TrimSuffix(c.URL(), "/api")
	for path, want := range map[string]int{
		"/api" + orgTask:     http.StatusOK,
		orgTask:              http.StatusOK,
		"/api/api" + orgTask: http.StatusNotFound,
		"//api" + orgTask:    http.StatusNotFound,
		"/api/" + orgTask:    http.StatusNotFound,
		"/" + orgTask:        http.StatusNotFound,
		orgTask + "/":        http.StatusNotFound,
	} {
		t.Run(path, func(t *testing.T) {
			r := c.request(http.MethodGet, "", "")
			at, err := http.NewRequestWithContext(t.Context(), http.MethodGet, root+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			at.Header = r.Header
			if got := c.send(at); got.status != want {
				t.Errorf("got %d, want %d", got.status, want)
			}
		})
	}
}

func TestServerAsHandler(t *testing.T) {
	s := sandbox.New(sandbox.Config{Organization: "acme", Token: "secret"})
	s.AddTask(processTask())
	if s.URL() != "" {
		t.Errorf("a server that does not listen has the URL %s", s.URL())
	}
	s.Close() // Does nothing.

	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/organizations/acme/tasks/"+task, http.NoBody)
	r.Header.Set("Authorization", "Bearer secret")
	r.Header.Set("X-Tallyfy-Client", "test")
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, r)
	if recorder.Code != http.StatusOK {
		t.Errorf("got %d: %s", recorder.Code, recorder.Body)
	}

	// Without a connection to drop, the handler is aborted.
	s.Inject(sandbox.Fault{Drop: true})
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("recovered %v", err)
		}
	}()
	s.ServeHTTP(httptest.NewRecorder(), r)
	t.Error("the connection was not dropped")
}
