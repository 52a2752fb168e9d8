// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// titlePrefix begins the title of everything that the suite creates. A stamp follows, which differs
// each time the suite is started.
const titlePrefix = "Conformance of the Terraform provider"

// saturday is a deadline far in the future that is not a working day in most organizations.
const saturday = "2035-06-09T17:00:00Z"

// fixture is a task or a process that the suite created.
type fixture struct {
	id, title string // the ID is empty while a creation has no response
	run       string // of a task: the process that it belongs to; empty for none
	isProcess bool
	answer    object            // what the creation returned
	status    int               // of that response
	fields    map[string]string // the IDs of its fields by their labels; nil before form was called
	removed   bool
}

// path returns the path of the task or the process below the organization.
func (f *fixture) path() []string {
	if f.isProcess {
		return []string{pathRuns, f.id}
	}
	return []string{pathTasks, f.id}
}

func (f *fixture) noun() string {
	if f.isProcess {
		return "the process"
	}
	return "the task"
}

// scope returns the path below the organization that completions of the task need.
func (f *fixture) scope(parts ...string) []string {
	if f.run == "" {
		return parts
	}
	return append([]string{pathRuns, f.run}, parts...)
}

// account is the organization with what the suite created in it. It is used by one goroutine.
type account struct {
	*client
	stamp   string
	user    json.Number // the caller's ID
	me      object      // GET /me
	created []*fixture
	names   []string // that were read of the template, for the redactor
}

// field is a field of a form to be created.
type field struct {
	label, kind string
	required    bool
	options     []string
	columns     []string
}

// spec is a task to be created.
type spec struct {
	purpose string // completes its title
	kind    string // task_type; "task" if empty
	form    []field
}

// newTask creates a one-off task that the caller owns (API.md §1.6). It is archived at the end.
func (a *account) newTask(ctx context.Context, s spec) (*fixture, error) {
	if s.kind == "" {
		s.kind = "task"
	}
	body := object{
		"title": a.title(s.purpose), "task_type": s.kind, "deadline": saturday,
		"owners": object{"users": []any{a.user}, "guests": []any{}, "groups": []any{}},
	}
	if len(s.form) > 0 {
		body["form_fields"] = encodeForm(s.form)
	}
	return a.create(ctx, &fixture{title: a.title(s.purpose)}, body)
}

// launch launches a process of the template. It is archived at the end.
func (a *account) launch(ctx context.Context) (*fixture, error) {
	process := &fixture{title: a.title("a process"), isProcess: true}
	return a.create(ctx, process, object{"checklist_id": a.settings.Template, "name": process.title})
}

// create creates a task or a process. It is remembered for the end unless the response, or its
// absence, shows that there is none.
func (a *account) create(ctx context.Context, f *fixture, body object) (*fixture, error) {
	what, path := "creating a task", pathTasks
	if f.isProcess {
		what, path = "launching a process", pathRuns
	}
	got, err := a.do(ctx, call{method: http.MethodPost, path: a.org(path), body: body})
	if isUnsent(err) {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if err == nil {
		err = got.mustBeOK()
	}
	if err == nil {
		f.answer, f.status = got.data(), got.status
		f.run, _ = f.answer["run_id"].(string)
		f.id, err = got.id()
	}
	if refused := got.status >= 300 && got.status < 500; !refused {
		a.created = append(a.created, f)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return f, nil
}

func (a *account) title(purpose string) string {
	return fmt.Sprintf("%s (%s): %s", titlePrefix, a.stamp, purpose)
}

// isOurs reports whether a row of a list is a task or a process that this suite created.
func (a *account) isOurs(row object) bool {
	return strings.HasPrefix(titleOf(row), a.title(""))
}

// titleOf returns the title of a task, or the name of a process.
func titleOf(row object) string {
	title, _ := row["title"].(string)
	name, _ := row["name"].(string)
	return cmp.Or(title, name)
}

// encodeForm returns form_fields: label, field_type and required are required, and options and
// columns have IDs (API.md §1.6).
func encodeForm(form []field) []any {
	var encoded []any
	for _, f := range form {
		entry := object{"label": f.label, "field_type": f.kind, "required": f.required}
		for member, text := range map[string]string{"options": "text", "columns": "label"} {
			var list []any
			for i, item := range map[string][]string{"options": f.options, "columns": f.columns}[member] {
				list = append(list, object{"id": i + 1, text: item})
			}
			if list != nil {
				entry[member] = list
			}
		}
		encoded = append(encoded, entry)
	}
	return encoded
}

// errNoForm means that a task was created without the form that was asked for.
var errNoForm = errors.New("the task has no form, although it was created with one")

// form reads a task with its form, until it shows what is expected.
func (a *account) form(ctx context.Context, task *fixture, shows func(reply) bool) (reply, error) {
	got, err := a.see(ctx, "form_fields", task, func(got reply) bool {
		entries, _ := formFieldsOf(got.data())
		return len(entries) > 0 && shows(got)
	})
	if err == nil {
		err = got.mustBeOK()
	}
	if err != nil {
		return got, err
	}
	entries, _ := formFieldsOf(got.data())
	if len(entries) == 0 {
		return got, errNoForm
	}
	task.fields = map[string]string{}
	for _, entry := range entries {
		label, _ := entry["label"].(string)
		task.fields[label], _ = entry["id"].(string)
	}
	return got, nil
}

// values returns the answers of a form by the labels of its fields.
func values(got reply) map[string]any {
	all := map[string]any{}
	entries, _ := formFieldsOf(got.data())
	for _, entry := range entries {
		label, _ := entry["label"].(string)
		if value, ok := entry["field_value"]; ok {
			all[label] = value
		} else {
			all[label] = entry["value"]
		}
	}
	return all
}

// save sends values by their labels, with what a PUT of a one-off task requires (API.md §1.5). A
// label without a field is sent as it is.
func (a *account) save(ctx context.Context, task *fixture, byLabel map[string]any) (reply, error) {
	taskdata := object{}
	for label, value := range byLabel {
		id, ok := task.fields[label]
		if !ok {
			id = label
		}
		taskdata[id] = value
	}
	body := object{"taskdata": taskdata}
	if task.run == "" {
		body["title"], body["deadline"] = task.title, task.answer["deadline"]
		body["owners"] = object{"users": []any{a.user}, "guests": []any{}, "groups": []any{}}
	}
	return a.do(ctx, call{method: http.MethodPut, path: a.org(task.scope(pathTasks, task.id)...), body: body})
}

// complete sends a completion, with more members in its body.
func (a *account) complete(ctx context.Context, task *fixture, more object) (reply, error) {
	body := object{"task_id": task.id}
	maps.Copy(body, more)
	return a.do(ctx, call{method: http.MethodPost, path: a.org(task.scope(pathCompleted)...), body: body})
}

// reopen reopens a task.
func (a *account) reopen(ctx context.Context, task *fixture) (reply, error) {
	return a.do(ctx, call{method: http.MethodDelete, path: a.org(task.scope(pathCompleted, task.id)...)})
}

// keys returns the names of the members of an object in order.
func keys(o object) []string { return slices.Sorted(maps.Keys(o)) }
