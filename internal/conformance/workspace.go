// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// workspace is a directory with a configuration, and a CLI that uses the provider through the
// proxy.
type workspace struct {
	installation *clitest.Installation
	proxy        *proxy
	dir          string
}

// interruptTime is how long an interrupted CLI may take to end.
const interruptTime = time.Minute

// result is what a command of the CLI did.
type result struct {
	code     int
	output   string
	errors   map[string]string // by the address of the block; "" for those without
	requests []exchange
}

// configure writes a configuration with these blocks: by kind, then by name. imports are import IDs
// by addresses.
func (w *workspace) configure(resources map[string]map[string]object, imports map[string]string) error {
	config := object{
		"terraform": object{"required_providers": object{"tallyfy": object{"source": clitest.Address}}},
		// The proxy delays requests, so that their timeout includes the wait for their turn.
		"provider": object{"tallyfy": object{"request_timeout": "10m"}},
		"resource": resources,
	}
	var blocks []object
	for to, id := range imports {
		blocks = append(blocks, object{"to": to, "id": id})
	}
	if blocks != nil {
		config["import"] = blocks
	}
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, "main.tf.json"), text, 0o600)
}

// run runs a command of the CLI to its end. The error means that it could not be run, or was
// interrupted.
func (w *workspace) run(ctx context.Context, args ...string) (result, error) {
	var out bytes.Buffer
	command := w.installation.Command(ctx, w.proxy, w.dir, args...)
	command.Stdout, command.Stderr = &out, &out
	// An interrupted CLI ends the requests that are under way.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = interruptTime
	w.proxy.take()
	err := command.Run()
	r := result{output: out.String(), errors: map[string]string{}, requests: w.proxy.take()}
	for line := range strings.Lines(r.output) {
		var message struct {
			Diagnostic struct{ Severity, Summary, Detail, Address string }
		}
		if d := &message.Diagnostic; json.Unmarshal([]byte(line), &message) == nil && d.Severity == "error" {
			r.errors[d.Address] = strings.TrimSpace(d.Summary + ": " + d.Detail)
		}
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.As(err, &exit):
		r.code, err = exit.ExitCode(), nil
	}
	return r, err
}

// problem returns the errors of a result in one text; "" if it has none.
func (r result) problem() string {
	var all []string
	for address, text := range r.errors {
		all = append(all, strings.TrimSpace(address+" "+text))
	}
	return strings.Join(all, "; ")
}

// writes returns the requests that may change a task: their methods and, for those that were not
// accepted, their statuses. A 429 has no effect and does not count.
func (r result) writes(task string) string {
	var all []string
	for _, e := range r.requests {
		if e.task != task || e.method == http.MethodGet || e.status == http.StatusTooManyRequests {
			continue
		}
		text := e.method
		if e.status < 200 || e.status > 299 {
			text += " (not accepted)"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// onlyReads reports whether all requests are GETs.
func (r result) onlyReads() bool {
	for _, e := range r.requests {
		if e.method != http.MethodGet {
			return false
		}
	}
	return true
}
