// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
)

// Transport sends requests to a handler without a network between them, for tests
// in a synctest bubble. A handler that drops the connection makes it return
// [io.ErrUnexpectedEOF].
type Transport struct{ Handler http.Handler }

// RoundTrip returns the handler's response, or the error of the request's context
// if that ends first. The handler then continues in the background.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	responses := make(chan *http.Response, 1)
	go func() {
		defer close(responses)
		defer func() {
			if aborted := recover(); aborted != nil && aborted != http.ErrAbortHandler { //nolint:errorlint // a panic's value
				panic(aborted)
			}
		}()
		recorder := httptest.NewRecorder()
		t.Handler.ServeHTTP(recorder, r)
		responses <- recorder.Result()
	}()
	select {
	case resp, ok := <-responses:
		if !ok {
			return nil, io.ErrUnexpectedEOF
		}
		return resp, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}
