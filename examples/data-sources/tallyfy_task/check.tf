# An approval that people decide in Tallyfy. is_approved is null until then.
data "tallyfy_task" "approve_change" {
  task_id = "7a5c0000000000000000000000000002" # the approval "Approve the change"
}

# A check only warns. To stop the apply, use the condition as a precondition of a resource.
check "change_is_approved" {
  assert {
    condition     = data.tallyfy_task.approve_change.is_approved == true
    error_message = "The change is not approved: its approval is ${data.tallyfy_task.approve_change.status}."
  }
}
