// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"strings"
	"sync"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// expectedTasks are the tasks of each process that the preflight checks of a plan are about, as far
// as they are known. The zero value is ready for use, and safe for concurrent use.
type expectedTasks struct {
	mu        sync.Mutex
	byProcess map[tallyfy.TaskRef]map[string]bool // by idKey of the task
}

// add notes a task that is checked, or is about to be.
func (e *expectedTasks) add(ref tallyfy.TaskRef) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byProcess == nil {
		e.byProcess = map[tallyfy.TaskRef]map[string]bool{}
	}
	if e.byProcess[processKey(ref)] == nil {
		e.byProcess[processKey(ref)] = map[string]bool{}
	}
	e.byProcess[processKey(ref)][idKey(ref.Task)] = true
}

// remove notes that a task needs no check.
func (e *expectedTasks) remove(ref tallyfy.TaskRef) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.byProcess[processKey(ref)], idKey(ref.Task))
}

// isOnly reports whether no other task of the process is known.
func (e *expectedTasks) isOnly(ref tallyfy.TaskRef) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	tasks := e.byProcess[processKey(ref)]
	return len(tasks) == 0 || len(tasks) == 1 && tasks[idKey(ref.Task)]
}

// processKey returns the process of a task as a map key, in lower case.
func processKey(ref tallyfy.TaskRef) tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: strings.ToLower(ref.Organization), Run: strings.ToLower(ref.Run)}
}
