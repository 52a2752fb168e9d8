// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a plan says is read here as claims about the requests of the apply, so that words may change
// as long as they stay true.

// claim is what words in a plan mean for the apply.
type claim struct {
	words *regexp.Regexp
	// denies are the methods that the apply does not send, and promises those that it sends.
	denies, promises []string
	// completed says that the task is completed after the apply.
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

	// conditional is what makes a sentence hold only sometimes.
	conditional = regexp.MustCompile(`(?i)^otherwise\b|\b(unless|if|may|might|can|cannot|could|would|depends|whether)\b`)
	// ofDestroy is a sentence about the destroy alone. Another block may send something for the
	// same task.
	ofDestroy = regexp.MustCompile(`^Destroying this `)
	// failing is what announces that the apply may fail.
	failing = regexp.MustCompile(`(?i)\bfails?\b`)
	// advice is a sentence about what the user may do next, not about this apply.
	advice = regexp.MustCompile(`^(To |Or|Either |Fix|Check |Set |Use |Remove |Take |Keep |Align |Change |Import )`)
	// past is a sentence about what has happened.
	past = regexp.MustCompile(`(?i)^nothing was sent|\bwas sent\b`)

	sentence = regexp.MustCompile(`[.:;]\s+|\n+`)
)

// spoken is a diagnostic of a CLI.
type spoken struct{ Severity, Summary, Detail, Address string }

func (s spoken) text() string { return s.Severity + ": " + s.Summary + ": " + s.Detail }

// reading is what a plan's diagnostics claim about the requests of the apply for one task.
type reading struct {
	denied, promised map[string]string // by method, the words that say so
	completed        string            // the words that say that the task is completed afterwards
	announced        map[string]bool   // methods that may be sent
	fails            bool              // whether the apply may fail
}

// meaningOf reads diagnostics. A denial holds unless its own sentence is conditional. A promise
// holds unless its diagnostic is conditional anywhere, since the condition may come a sentence
// later; conditional or not, it announces the request.
func meaningOf(all []spoken) reading {
	m := reading{denied: map[string]string{}, promised: map[string]string{}, announced: map[string]bool{}}
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
				m.take(c, words, sometimes)
			}
		}
	}
	return m
}

func (m *reading) take(c claim, words string, sometimes bool) {
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

// TestWordsMean holds the claims to words that are known, so that none of them passes for silence.
func TestWordsMean(t *testing.T) {
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
		summary, detail, _ := strings.Cut(said, ": ")
		m := meaningOf([]spoken{{Severity: "warning", Summary: summary, Detail: detail}})
		for what, pair := range map[string][2][]string{
			"denied":    {methods(m.denied), want.denied},
			"promised":  {methods(m.promised), want.promised},
			"announced": {methods(m.announced), want.announced},
		} {
			if got, want := pair[0], slices.Sorted(slices.Values(pair[1])); !slices.Equal(got, want) {
				t.Errorf("%q: %s are %q, want %q", said, what, got, want)
			}
		}
		if (m.completed != "") != want.completed {
			t.Errorf("%q: the task is completed afterwards: %q", said, m.completed)
		}
	}
}

func methods[V any](m map[string]V) []string {
	var all []string
	for method := range m {
		all = append(all, method)
	}
	slices.Sort(all)
	return all
}
