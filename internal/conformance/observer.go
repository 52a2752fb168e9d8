// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// observer makes observations in an account.
type observer struct {
	*account
	results map[string]Observation // those that were made or missed, by ID
}

// scenario is a sequence of requests and the observations that it makes.
type scenario struct {
	name         string
	observations []Observation
	see          func(*observer, context.Context) error
	// needs says what is missing for the scenario; nil if it always can be run.
	needs func(Settings) string
}

// scenarios returns all scenarios, in the order of the report.
func scenarios() []scenario {
	return []scenario{
		creation(), storedValues(), rejectedValues(), completionOnce(), completionAgain(), completionForms(), decisions(),
		archived(), lists(), refusals(), processes(), application(), unobservable(),
	}
}

// catalog returns all observations, not yet made.
func catalog() []Observation {
	var all []Observation
	for _, s := range scenarios() {
		all = append(all, s.observations...)
	}
	return all
}

// observe runs a scenario. What it does not observe is recorded with the reason.
func (o *observer) observe(ctx context.Context, s scenario) error {
	reason := "the scenario did not get there"
	var err error
	missing := ""
	if s.needs != nil {
		missing = s.needs(o.settings)
	}
	if missing != "" {
		reason = missing
	} else if err = s.see(o, ctx); err != nil {
		reason = err.Error()
	}
	for _, observation := range s.observations {
		if _, made := o.results[observation.ID]; !made {
			o.results[observation.ID] = observation.miss(reason)
		}
	}
	return err
}

// saw records what was seen.
func (o *observer) saw(id, format string, args ...any) {
	o.results[id] = known(id).judge(fmt.Sprintf(format, args...))
}

// known returns an observation of the catalog. Another ID is a mistake in a scenario.
func known(id string) Observation {
	all := catalog()
	i := slices.IndexFunc(all, func(o Observation) bool { return o.ID == id })
	if i < 0 {
		panic("conformance: no observation " + id)
	}
	return all[i]
}

// list returns all observations in the order of the catalog.
func (o *observer) list(reason string) []Observation {
	var all []Observation
	for _, observation := range catalog() {
		made, ok := o.results[observation.ID]
		if !ok {
			made = observation.miss(reason)
		}
		if made.Expected == nil {
			made.Expected = []Expectation{} // encoded as a list, not as null
		}
		all = append(all, made)
	}
	return all
}

// says is an expectation of exactly this text.
func says(text, tag string) Expectation { return Expectation{Says: text, Tag: tag} }

// like is an expectation of a text that a pattern matches, which begins where the text does.
func like(text, tag, pattern string) Expectation {
	return Expectation{Says: text, Tag: tag, match: regexp.MustCompile(`^(?:` + pattern + `)`)}
}

// limitHeaders returns the names of a response's headers about rate limits; "none" if there are
// none.
func limitHeaders(header http.Header) string {
	var names []string
	for name := range header {
		if lower := strings.ToLower(name); strings.Contains(lower, "ratelimit") || strings.Contains(lower, "rate-limit") || lower == "retry-after" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// absentOr returns the kind of a member, or "absent".
func absentOr(o object, name string) string {
	value, ok := o[name]
	if !ok {
		return "absent"
	}
	return kindOf(value)
}

// isDone reports whether a task is completed, as Tallyfy's CLI decides it (API.md §2.2).
func isDone(task object) bool {
	at, _ := task["completed_at"].(string)
	status, _ := task["status"].(string)
	return at != "" || status == "completed" || status == "complete"
}

// ownersKind returns how a task shows the users among its owners.
func ownersKind(task object) string {
	owners, _ := task["owners"].(object)
	users, _ := owners["users"].([]any)
	if len(users) == 0 {
		return "no users"
	}
	if _, ok := users[0].(object); ok {
		return "objects"
	}
	return "integers"
}
