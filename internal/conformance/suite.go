// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

const (
	// cleanUpTime limits how long the clean-up takes, also after an interrupt.
	cleanUpTime = 10 * time.Minute
	// grace is how long before the deadline of the tests the suite ends, so that it can clean up.
	grace = 2 * time.Minute
)

// Suite is the conformance suite for one Tallyfy.
type Suite struct {
	Settings Settings
	// Install returns the CLI with the provider. It is called once, and only if promises are
	// tested.
	Install func() (*clitest.Installation, error)

	scenarios []scenario    // nil for all
	timeout   time.Duration // of a response; 0 for responseTimeout
	account   *account
	pacer     *pacer
	report    Report
	dir       string // of the report
	observer  *observer
}

// Run runs the suite as the subtests "promises" and "observations" of t, archives what it created,
// and writes the report. A promise that is not kept, and something that cannot be archived, fail
// the test. An observation does not.
func (s *Suite) Run(ctx context.Context, t *testing.T) {
	t.Helper()
	if deadline, ok := t.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-grace))
		defer cancel()
	}
	s.begin(ctx, t)
	t.Run("promises", func(t *testing.T) { s.testPromises(ctx, t) })
	t.Run("observations", func(t *testing.T) { s.makeObservations(ctx, t) })
}

// begin reads who the caller is, and registers the clean-up with the test.
func (s *Suite) begin(ctx context.Context, t *testing.T) {
	t.Helper()
	if s.timeout == 0 {
		s.timeout = responseTimeout
	}
	root, err := clitest.SourceRoot(ctx)
	if err == nil {
		s.dir, err = reportDir(s.Settings.ReportDir, root)
	}
	if err != nil {
		t.Fatalf("nothing was sent: %v", err)
	}
	s.pacer = newPacer(s.Settings, s.timeout)
	s.account = &account{client: newClient(s.Settings, s.pacer), stamp: newStamp()}
	if err := s.account.open(ctx); err != nil {
		t.Fatal(newRedactor(s.Settings, nil).clean(err.Error()))
	}
	s.observer = &observer{account: s.account, results: map[string]Observation{}}
	s.report = Report{
		Date: time.Now().UTC().Format(time.DateOnly), Provider: clitest.SourceVersion(ctx, root), CLI: "no CLI",
		Server: "another address", Process: s.Settings.Template != "", Interval: s.Settings.Interval.String(),
	}
	if s.Settings.IsDefault {
		s.report.Server = "Tallyfy's default address"
	}
	// Registered with the outer test, this also runs after a panic in a subtest.
	t.Cleanup(func() { s.finish(context.WithoutCancel(ctx), t) })
}

// open reads who the caller is. The caller owns the tasks that the suite creates.
func (a *account) open(ctx context.Context) error {
	got, err := a.do(ctx, call{method: http.MethodGet, path: "/me"})
	if err == nil {
		err = got.mustBeOK()
	}
	if err != nil {
		return fmt.Errorf("nothing was created, because the user of the token could not be read: %w", err)
	}
	if _, ok := got.body.(object); !ok {
		return fmt.Errorf("nothing was created, because GET me returned %d with something else than JSON: does %s name a page to sign in?", got.status, envBaseURL)
	}
	a.me = got.data()
	switch id := a.me["id"].(type) {
	case json.Number:
		a.user = id
	case string:
		a.user = json.Number(id)
	}
	if _, err := a.user.Int64(); err != nil {
		return errors.New("nothing was created, because GET me does not return the ID of a user")
	}
	return nil
}

// makeObservations runs the scenarios until one ends the suite.
func (s *Suite) makeObservations(ctx context.Context, t *testing.T) {
	all := s.scenarios
	if all == nil {
		all = scenarios()
	}
	for _, scenario := range all {
		if s.report.Ended != "" {
			t.Skip("the suite has ended: " + s.redactor().redact(s.report.Ended))
		}
		t.Run(scenario.name, func(t *testing.T) {
			if err := s.observer.observe(ctx, scenario); err != nil && s.end(ctx, err) {
				t.Fatal(s.redactor().clean(err.Error()))
			}
			for _, o := range scenario.observations {
				if made, ok := s.observer.results[o.ID]; ok {
					t.Log(s.redactor().redact(fmt.Sprintf("%s: %s %s %s", made.ID, made.Verdict, made.Seen, made.Note)))
				}
			}
		})
	}
}

// end reports whether an error ends the whole suite, and records why.
func (s *Suite) end(ctx context.Context, err error) bool {
	switch {
	case errors.Is(err, errSpent):
		s.report.Ended = err.Error()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		s.report.Ended = "timeout"
	case ctx.Err() != nil:
		s.report.Ended = "interrupted"
	}
	return s.report.Ended != ""
}

// finish archives what was created and writes the report.
func (s *Suite) finish(ctx context.Context, t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, cleanUpTime)
	defer cancel()
	s.pacer.unlimit()
	t.Logf("archiving what the suite created: %d tasks and processes", len(s.account.created))
	left := s.account.cleanUp(ctx)
	for _, what := range left {
		t.Errorf("not archived: %s. Archive it in Tallyfy", what)
	}
	if others := s.account.others(ctx); len(others) > 0 {
		t.Logf("there are tasks of other runs, which stay: %q. Archive them in Tallyfy if none is under way", others)
	}
	s.report.NotRemoved = len(left)
	s.report.Requests, s.report.RateLimited = s.pacer.counts()
	for _, p := range promises() {
		if !s.report.has(p.name) {
			s.report.Promises = append(s.report.Promises, Promise{Name: p.name, Result: resultSkipped, Note: "not tested"})
		}
	}
	reason := "the suite did not get there"
	if s.report.Ended != "" {
		reason = "the suite ended before"
	}
	s.report.Observations = s.observer.list(reason)
	s.report = s.report.redact(s.redactor())
	paths, err := s.report.write(s.dir)
	if err != nil {
		t.Error(err)
	}
	for _, path := range paths {
		t.Logf("report: %s", path)
	}
}

func (s *Suite) redactor() *redactor {
	return newRedactor(s.Settings, s.account.me, s.account.names...)
}

// newStamp returns what distinguishes the titles of this suite from others.
func newStamp() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // it never fails
	return hex.EncodeToString(random[:])
}
