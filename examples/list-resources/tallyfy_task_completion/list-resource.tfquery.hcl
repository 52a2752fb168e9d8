# The completed tasks of a process, with all that an import records.
list "tallyfy_task_completion" "launch" {
  provider         = tallyfy
  include_resource = true

  config {
    run_id = "5eed0000000000000000000000000001"
  }
}

# The completed one-off tasks of the organization, 500 at most.
list "tallyfy_task_completion" "one_off" {
  provider = tallyfy
  limit    = 500

  config {}
}
