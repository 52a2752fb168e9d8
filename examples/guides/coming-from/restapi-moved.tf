moved {
  from = restapi_object.change
  to   = tallyfy_task_completion.change
}

resource "tallyfy_task_completion" "change" {
  run_id      = "5eed0000000000000000000000000001"
  task_id     = "7a5c0000000000000000000000000002"
  is_approved = true
}
