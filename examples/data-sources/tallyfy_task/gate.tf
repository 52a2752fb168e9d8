# An approval that people decide in Tallyfy. is_approved is null until they have.
data "tallyfy_task" "approve_change" {
  task_id = "7a5c0000000000000000000000000002" # the approval "Approve the change"
}

# A check warns. Where nothing may happen without the approval, let a resource have the condition as its precondition.
check "change_is_approved" {
  assert {
    condition     = data.tallyfy_task.approve_change.is_approved == true
    error_message = "The change is not approved: its approval is ${data.tallyfy_task.approve_change.status}."
  }
}
