// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/notice"

// Notice is a message for the user.
type Notice = notice.Notice

// Failure is a notice that ends an operation.
type Failure = notice.Failure

// The attributes that notices point to.
const (
	attrTaskID       = "task_id"
	attrRunID        = "run_id"
	attrIsApproved   = "is_approved"
	attrTaskdata     = "taskdata"
	attrFormFields   = "form_fields"
	attrOverrideUser = "override_user"
	// The write-only attributes.
	attrSecretTaskdata   = "taskdata_wo" //nolint:gosec // the name of an attribute
	attrSecretFormFields = "form_fields_wo"
)
