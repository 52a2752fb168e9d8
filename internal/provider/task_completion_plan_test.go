// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
)

// The testing framework cannot check warnings, so these tests plan over the protocol, as a CLI
// does.

// driver plans and applies with a configured provider in this process.
type driver struct {
	*testing.T
	*prototest.Terraform
}

// attributes are those of a block by name. Attributes that are left out are null.
type attributes = prototest.Attributes

func newDriver(t *testing.T, provider attributes) *driver {
	t.Helper()
	terraform, err := prototest.New(t.Context(), New("test"), provider, "tallyfy_task_completion")
	if err != nil {
		t.Fatal(err)
	}
	return &driver{T: t, Terraform: terraform}
}

// plan plans a configuration for a state, either of which may be nil. It returns the planned
// attributes and the warnings.
func (d *driver) plan(state, config attributes) (map[string]tftypes.Value, string) {
	d.Helper()
	d.State = nil
	if state != nil {
		d.Record(state)
	}
	plan, err := d.PlanAsRecorded(d.Context(), config)
	if err != nil {
		d.Fatal(err)
	}
	if plan.Failed() {
		d.Error(plan)
	}
	return attributesOf(d.T, plan.Planned), plan.String()
}

// attributesOf returns the attributes of an object by name; none if it is null.
func attributesOf(t *testing.T, value tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	values := map[string]tftypes.Value{}
	if value.IsNull() {
		return values
	}
	if err := value.As(&values); err != nil {
		t.Fatal(err)
	}
	return values
}

func object(values map[string]tftypes.Value) tftypes.Value {
	types := map[string]tftypes.Type{}
	for name, value := range values {
		types[name] = value.Type()
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func completedState() attributes {
	return attributes{
		"id": "o/r/t", "organization_id": "o", "run_id": "r", "task_id": "t", "status": "completed", "title": "Provision the VPC", "task_type": "approval",
		"completed_at": "2026-05-20T17:00:00Z", "completer_id": 1001, "tasks_changed_by_rules": "[]", "is_approved": true,
		"taskdata": object(map[string]tftypes.Value{"f": text("1")}),
	}
}

func configured() attributes {
	return attributes{"task_id": "t", "run_id": "r", "is_approved": true, "taskdata": object(map[string]tftypes.Value{"f": text("1")})}
}

// unreachableSettings returns a provider block for a server that does not respond.
func unreachableSettings() attributes {
	return attributes{"access_token": "t", "organization_id": "o", "base_url": "http://127.0.0.1:1"}
}

func TestPlanWarnsAboutAReopening(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attribute string
		value     any
		warns     bool
	}{
		"decision":             {"is_approved", false, true},
		"decision removed":     {"is_approved", nil, true},
		"decision not known":   {"is_approved", tftypes.UnknownValue, true},
		"value":                {"taskdata", object(map[string]tftypes.Value{"f": text("2")}), true},
		"value not known":      {"taskdata", object(map[string]tftypes.Value{"f": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}), true},
		"values not known":     {"taskdata", tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue), true},
		"completer":            {"override_user", 7, true},
		"same JSON":            {"taskdata", tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"f": text("1")}), false},
		"setting":              {"reopen_on_destroy", true, false},
		"another task":         {"task_id", "u", false},
		"another organization": {"organization_id", "p", false},
		"nothing":              {"task_id", "t", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, unreachableSettings())
			config := configured()
			config[c.attribute] = c.value
			planned, warnings := d.plan(completedState(), config)
			if warned := strings.Contains(warnings, "Update May Reopen the Task and Complete It Again"); warned != c.warns {
				t.Errorf("warnings are %q", warnings)
			}
			if c.warns && (!strings.Contains(warnings, `task "Provision the VPC" (t)`) || !strings.Contains(warnings, "fire again")) {
				t.Errorf("the warning says %q", warnings)
			}
			for _, fact := range []string{"status", "completed_at", "completer_id", "tasks_changed_by_rules"} {
				if planned[fact].IsKnown() == c.warns {
					t.Errorf("%s is planned as %s", fact, planned[fact])
				}
			}
			for _, fixed := range []string{"id", "run_id", "title", "task_type", "completer_guest_id"} {
				if !planned[fixed].IsKnown() {
					t.Errorf("%s is not known any more", fixed)
				}
			}
		})
	}
}

func TestPlanWarnsAboutADestroy(t *testing.T) {
	t.Parallel()
	d := newDriver(t, unreachableSettings())
	state := completedState()
	if _, warnings := d.plan(state, nil); !strings.Contains(warnings, "Destroy Does Not Reopen the Task: ") || !strings.Contains(warnings, `only removes the completion of task "Provision the VPC" (t)`) {
		t.Errorf("warnings are %q", warnings)
	}
	state["reopen_on_destroy"] = true
	if _, warnings := d.plan(state, nil); !strings.Contains(warnings, "Destroy Reopens the Task: ") {
		t.Errorf("warnings are %q", warnings)
	}
	delete(state, "reopen_on_destroy")
	delete(state, "completed_at")
	state["status"] = "in-progress"
	if _, warnings := d.plan(state, nil); !strings.Contains(warnings, "Destroy Does Not Reopen the Task: ") || strings.Contains(warnings, "stays completed") {
		t.Errorf("warnings of an open task are %q", warnings)
	}
	state["reopen_on_destroy"] = true // sends nothing if the task is then open
	if _, warnings := d.plan(state, nil); !strings.Contains(warnings, "Destroy May Reopen the Task: ") || !strings.Contains(warnings, "If the task is completed by then, destroying this reopens it.") {
		t.Errorf("warnings of an open task that is to be reopened are %q", warnings)
	}
	state["status"], state["title"] = nil, nil // accepted, but its details are unknown
	if _, warnings := d.plan(state, nil); !strings.Contains(warnings, "Destroy Reopens the Task: ") || !strings.Contains(warnings, "if task t is still completed, destroying this reopens it in Tallyfy") || !strings.Contains(warnings, "only forgets the resource") {
		t.Errorf("warnings are %q", warnings)
	}
	for _, status := range []any{"completed", "in-progress", nil} { // an explicit false silences the warning
		state["status"], state["reopen_on_destroy"] = status, false
		if _, warnings := d.plan(state, nil); warnings != "" {
			t.Errorf("warnings are %q", warnings)
		}
	}
}

// An update replaces a guest as the completer by a user.
func TestPlanOfAnUpdateOfAGuestsCompletion(t *testing.T) {
	t.Parallel()
	state, config := completedState(), configured()
	state["completer_guest_id"], state["completer_id"], config["is_approved"] = "g", nil, false
	if planned, _ := newDriver(t, unreachableSettings()).plan(state, config); planned["completer_guest_id"].IsKnown() {
		t.Errorf("completer_guest_id is planned as %s", planned["completer_guest_id"])
	}
}

// A replacement warns about its destroy.
func TestPlanWarnsAboutAReplacement(t *testing.T) {
	t.Parallel()
	d := newDriver(t, unreachableSettings())
	state, config := completedState(), configured()
	config["task_id"] = "another"
	if _, warnings := d.plan(state, config); !strings.Contains(warnings, "Destroy Does Not Reopen the Task: ") {
		t.Errorf("warnings are %q", warnings)
	}
	state["reopen_on_destroy"] = true
	if _, warnings := d.plan(state, config); !strings.Contains(warnings, "Destroy Reopens the Task: ") || !strings.Contains(warnings, "(t)") {
		t.Errorf("warnings are %q", warnings)
	}
}

func TestPlanOfACreate(t *testing.T) {
	t.Parallel()
	planned, warnings := newDriver(t, unreachableSettings()).plan(nil, configured())
	if warnings != "" {
		t.Errorf("warnings are %q", warnings)
	}
	if !planned["organization_id"].Equal(text("o")) || !planned["id"].Equal(text("o/r/t")) {
		t.Errorf("organization_id is %s, id is %s", planned["organization_id"], planned["id"])
	}
	config := configured()
	delete(config, "run_id") // Tallyfy reports it
	if planned, _ = newDriver(t, unreachableSettings()).plan(nil, config); planned["id"].IsKnown() {
		t.Errorf("id is %s", planned["id"])
	}
	// A plan also works while the provider configuration is unknown.
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	planned, _ = newDriver(t, attributes{"access_token": unknown, "organization_id": unknown, "base_url": unknown}).plan(nil, configured())
	if planned["organization_id"].IsKnown() {
		t.Errorf("organization_id is %s", planned["organization_id"])
	}
}

// While the provider configuration is unknown, a refresh keeps the state and warns.
func TestRefreshWithAnUnknownProvider(t *testing.T) {
	t.Parallel()
	d := newDriver(t, attributes{"access_token": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	d.Record(completedState())
	before := d.State.Value
	said, err := d.Refresh(t.Context())
	if err != nil || said.Failed() || !strings.HasPrefix(said.String(), "Warning: Completed Task Was Not Refreshed") {
		t.Fatalf("got %s, %v", said, err)
	}
	if !d.State.Value.Equal(before) {
		t.Errorf("the state became %s", d.State.Value)
	}
	imported := completedState()
	imported["id"] = nil
	d.Record(imported)
	if said, err = d.Refresh(t.Context()); err != nil || len(said) != 1 || said[0].Summary != "Provider Configuration Is Not Known" {
		t.Errorf("import: got %s, %v", said, err)
	}
}
