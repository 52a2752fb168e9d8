// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"slices"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// oneOffValues are two states of a one-off task that differ in the value of a field.
func oneOffValues(b *bench) (before, after Desired) {
	return b.oneOffValue("vpc-1"), b.oneOffValue("vpc-2")
}

// Saving values replaces the owners of a one-off task. An update that cannot read them stops while the task is still completed.
func TestUpdateOfAOneOffTaskWithoutItsOwners(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(b *bench) {
		before, after := oneOffValues(b)
		known := b.recorded(before)
		b.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"owners": nil} })
		failure := b.failure(b.engine.Update(b.ctx, known, before, after))
		b.says(failure.Error(), "One-off Task Cannot Be Saved", "does not show its owners", "Nothing was sent; the task is as it was")
		b.sent(get)
		if b.task().CompletedAt == "" {
			b.Error("the task is open")
		}
	})
}

// The response to the DELETE shows what the first GET did not, so the values are saved with the owners in it.
func TestUpdateOfAOneOffTaskThatIsShownLate(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(b *bench) {
		before, after := oneOffValues(b)
		known := b.recorded(before)
		owners := b.task().Owners
		b.server.Inject(sandbox.Fault{Method: get, Status: 404})
		result, err := b.engine.Update(b.ctx, known, before, after)
		if err != nil || result.Record.Status != "completed" {
			b.Fatalf("got %+v, %v", result, err)
		}
		b.sent(get, del, put, post)
		b.warned(result)
		b.fired(2)
		got := b.task()
		if got.Taskdata[field] != "vpc-2" || got.Title != "Provision the VPC" || got.Deadline != deadline ||
			!slices.Equal(got.Owners.Users, owners.Users) || !slices.Equal(got.Owners.Guests, owners.Guests) || !slices.Equal(got.Owners.Groups, owners.Groups) {
			b.Errorf("it is now %+v", got)
		}
	})
}

// Without a task to echo, nothing is saved separately: the completion carries the values, and a warning says what that is worth.
func TestUpdateOfAOneOffTaskThatIsNeverShown(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(b *bench) {
		before, after := oneOffValues(b)
		known := b.recorded(before)
		b.server.Inject(sandbox.Fault{Method: get, Status: 404, Times: -1})
		b.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204})
		result, err := b.engine.Update(b.ctx, known, before, after)
		if err != nil {
			b.Fatal(err)
		}
		b.sent(get, del, get, post)
		b.warned(result, "Field Values Not Confirmed")
		b.fired(2)
		if got := b.task(); len(got.Owners.Users) != 1 || len(got.Owners.Guests) != 1 || len(got.Owners.Groups) != 1 {
			b.Errorf("the owners are now %+v", got.Owners)
		}
	})
}

// A field that became required after the completion would keep the task from being completed again.
func TestUpdateRefusesAnEmptyRequiredField(t *testing.T) {
	t.Parallel()
	const other = "f1e1d000000000000000000000000043"
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		b.server.Update(taskID, func(k *sandbox.Task) {
			k.Fields = append(k.Fields, sandbox.Field{ID: other, Label: "Account", Type: "text", Required: true})
		})
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")))
		b.says(failure.Error(), "Required Field Is Empty", `"Account"`, "Nothing was sent")
		b.sent(get)
	})
}

// What the automations changed belongs to one completion: an update that finds a colleague's keeps none of it.
func TestUpdateAdoptsAnotherCompletion(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.ChangedByRules = map[string]any{"x": 1} }, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		b.server.ReopenOutside(taskID)
		b.server.CompleteOutsideWith(taskID, 1005, nil, map[string]any{field: "vpc-2"})
		result, err := b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))
		if err != nil || result.Record.CompleterID != 1005 || result.Record.TasksChangedByRules != "" || known.TasksChangedByRules == "" {
			b.Errorf("got %+v, %v; known was %+v", result, err, known)
		}
		b.sent(get)
	})
}

// The read after an empty response may still show the completion that was taken back. Its facts are not recorded as the new one's.
func TestUpdateWithAnEmptyResponseWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 8 * time.Second}, nil, func(b *bench) {
		known := b.recorded(b.want())
		time.Sleep(time.Minute)
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 204}))
		after := b.want()
		after.OverrideUser = new(int64(1002))
		result, err := b.engine.Update(b.ctx, known, b.want(), after)
		if err != nil || result.Record.CompletedAt != "" || result.Record.CompleterID != 0 {
			b.Errorf("got %+v, %v", result, err)
		}
		b.warned(result, "Completion Accepted, Details Unknown")
		b.says(details(result), "still shows the completion that was taken back")
	})
}

// What Tallyfy says about a write-only value is redacted in an update too.
func TestUpdateRedactsSecrets(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		after := b.want()
		after.SecretTaskdata, after.SecretTaskdataVersion = map[string]any{field: "s3cr3t-db-password"}, new(int64(1))
		b.server.Inject(sandbox.Fault{Method: put, Status: 422, Body: `{"errors":{"x":["The value 's3cr3t-db-password' is too long."]}}`})
		failure := b.failure(b.engine.Update(b.ctx, known, b.want(), after))
		b.says(failure.Error(), "Field Values Could Not Be Saved", "The value '(write-only value)' is too long")
	})
}
