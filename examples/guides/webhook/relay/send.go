// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// attempts are made within startTime. A pipeline that is started twice completes nothing twice.
const attempts = 3

// errRefused marks what another attempt cannot change.
var errRefused = errors.New("refused")

// retry repeats what failed for another reason than a refusal, until ctx ends.
func retry(ctx context.Context, start func() error) error {
	for attempt := 1; ; attempt++ {
		err := start()
		if err == nil || attempt == attempts || errors.Is(err, errRefused) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(attempt) * 500 * time.Millisecond):
		}
	}
}

// client sends a token, so it follows no redirect.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send sends a request to a CI system. An error contains the status, and neither a token nor a URL.
func send(ctx context.Context, to, contentType, token string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body)) //nolint:gosec // the address is a setting
	if err != nil {
		return fmt.Errorf("%w: the address of the CI system is invalid", errRefused)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(req) //nolint:gosec // the address is a setting
	if err != nil {
		return fmt.Errorf("the CI system cannot be reached: %w", errors.Unwrap(err))
	}
	defer response.Body.Close() //nolint:errcheck // only read
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxPayload))
	switch code := response.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("the CI system returned %s", response.Status)
	default:
		return fmt.Errorf("%w: the CI system returned %s", errRefused, response.Status)
	}
}
