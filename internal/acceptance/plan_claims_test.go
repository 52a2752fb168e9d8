// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file reads a plan's messages as claims about the requests of the apply. The words of a
// message may change as long as they stay true.

// claim is what words of a plan promise about the apply.
type claim struct {
	words *regexp.Regexp
	// denies are the methods that the apply does not send, and promises those that it sends.
	denies, promises []string
	// completed is true if the words promise that the task is completed after the apply.
	completed bool
}

var (
	writes = []string{"DELETE", "PUT", "POST"}

	claims = []claim{
		{words: regexp.MustCompile(`(?i)\bsends? no completion\b|\bno completion (is|will be) sent\b|\bnot (sent|completed) again\b`), denies: []string{"POST"}},
		{words: regexp.MustCompile(`(?i)\b(nothing|no request) (is|will be) sent\b|\bsends? (nothing|no request)\b|\bmakes? no request\b`), denies: writes},
		{words: regexp.MustCompile(`(?i)\b(stays|remains) completed\b`), denies: []string{"DELETE"}, completed: true},
		{words: regexp.MustCompile(`(?i)\b(stays|remains|is left) (as it is|untouched|unchanged)\b`), denies: writes},
		{words: regexp.MustCompile(`(?i)\bnot reopen(ed)?\b`), denies: []string{"DELETE"}},
		{words: regexp.MustCompile(`(?i)\b(reopens|may reopen) (the task|this task|task|it)\b|\bsends the reopening\b|\b(is|will be) reopened\b`), promises: []string{"DELETE"}},
		{words: regexp.MustCompile(`(?i)\b(completes|and complete) (the task|this task|task|it)\b|\bsends (the|a|another) completion\b|\b(is|will be) completed again\b`), promises: []string{"POST"}},
	}

	// conditional matches a sentence that holds only under a condition.
	conditional = regexp.MustCompile(`(?i)^otherwise\b|\b(unless|if|may|might|can|cannot|could|would|depends|whether)\b`)
	// ofDestroy matches a sentence about the destroy alone. Another block may send something for
	// the same task.
	ofDestroy = regexp.MustCompile(`^Destroying this `)
	// failing matches the announcement that the apply may fail.
	failing = regexp.MustCompile(`(?i)\bfails?\b`)
	// advice matches a sentence about what the user can do next, not about this apply.
	advice = regexp.MustCompile(`^(To |Or|Either |Fix|Check |Set |Use |Remove |Take |Keep |Align |Change |Import )`)
	// past matches a sentence about what has happened.
	past = regexp.MustCompile(`(?i)^nothing was sent|\bwas sent\b`)

	sentence = regexp.MustCompile(`[.:;]\s+|\n+`)
)

// diagnostic is a diagnostic of a CLI.
type diagnostic struct{ Severity, Summary, Detail, Address string }

func (s diagnostic) text() string { return s.Severity + ": " + s.Summary + ": " + s.Detail }

// planClaims is what a plan's diagnostics claim about the requests of the apply for one task.
type planClaims struct {
	denied, promised map[string]string // by method, the words that say so
	completed        string            // the words that say that the task is completed afterwards
	announced        map[string]bool   // methods that may be sent
	fails            bool              // whether the apply may fail
}

// claimsOf returns the claims of diagnostics. A denial holds unless its own sentence is
// conditional. A promise holds unless any sentence of its diagnostic is conditional, because the
// condition may follow a sentence later. Conditional or not, a promise announces the request.
func claimsOf(all []diagnostic) planClaims {
	m := planClaims{denied: map[string]string{}, promised: map[string]string{}, announced: map[string]bool{}}
	for _, said := range all {
		sometimes := conditional.MatchString(said.Summary + " " + said.Detail)
		m.fails = m.fails || failing.MatchString(said.Detail)
		for _, words := range append([]string{said.Summary}, sentence.Split(said.Detail, -1)...) {
			if words = strings.TrimSpace(words); advice.MatchString(words) || past.MatchString(words) {
				continue
			}
			for _, c := range claims {
				if !c.words.MatchString(words) {
					continue
				}
				m.add(c, words, sometimes)
			}
		}
	}
	return m
}

func (m *planClaims) add(c claim, words string, sometimes bool) {
	for _, method := range c.promises {
		m.announced[method] = true
		if !sometimes {
			m.promised[method] = words
		}
	}
	if conditional.MatchString(words) {
		return
	}
	for _, method := range c.denies {
		if method != http.MethodDelete && ofDestroy.MatchString(words) {
			continue
		}
		m.denied[method] = words
	}
	if c.completed {
		m.completed = words
	}
}

// TestClaimsOf checks the claims of known messages, so that a claim is not overlooked.
func TestClaimsOf(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]struct {
		denied, promised, announced []string
		completed                   bool
	}{
		"Task Stays: Task x stays completed in Tallyfy, and no request is sent.": {denied: writes, completed: true},
		"Destroy Does Not Reopen the Task: Destroying this sends nothing to Tallyfy. It only removes the completion of task x from the state. " +
			"To reopen a task with its resource, apply reopen_on_destroy = true first.": {denied: []string{"DELETE"}},
		"Update: If the task holds all of it, nothing is sent. Otherwise the apply fails and sends nothing.": {},
		"Destroy Reopens the Task: Destroying this reopens task x in Tallyfy.":                               {promised: []string{"DELETE"}, announced: []string{"DELETE"}},
		"Destroy Reopens the Task: Destroying this reopens task x. The task is left as it is if another block records its completion in the same apply.": {
			announced: []string{"DELETE"},
		},
		"Task Is Already Completed: Task x was completed as configured. Applying this records it as it is, and sends no completion.": {denied: []string{"POST"}},
		"Update Reopens the Task and Completes It Again: Applying this reopens it and completes it again. If the task already holds all of this, nothing is sent.": {
			announced: []string{"DELETE", "POST"},
		},
		"Update Reopens the Task and Completes It Again: Applying this reopens it and completes it again.": {
			promised: []string{"DELETE", "POST"}, announced: []string{"DELETE", "POST"},
		},
		"Task Was Reopened: It is open again, so an apply completes the task again.":                                                            {promised: []string{"POST"}, announced: []string{"POST"}},
		"Task Was Reopened: It is open again. If this plan creates a completion of the task, applying it completes the task again.":             {announced: []string{"POST"}},
		"Task Is Already Completed Differently: Nothing was sent. Or, to overrule what was done, import the task and apply: that is an update.": {},
	} {
		t.Run(said, func(t *testing.T) {
			summary, detail, _ := strings.Cut(said, ": ")
			m := claimsOf([]diagnostic{{Severity: "warning", Summary: summary, Detail: detail}})
			for what, pair := range map[string][2][]string{
				"denied":    {slices.Sorted(maps.Keys(m.denied)), want.denied},
				"promised":  {slices.Sorted(maps.Keys(m.promised)), want.promised},
				"announced": {slices.Sorted(maps.Keys(m.announced)), want.announced},
			} {
				if got, want := pair[0], slices.Sorted(slices.Values(pair[1])); !slices.Equal(got, want) {
					t.Errorf("%s are %q, want %q", what, got, want)
				}
			}
			if (m.completed != "") != want.completed {
				t.Errorf("the task is completed afterwards: %q", m.completed)
			}
		})
	}
}
