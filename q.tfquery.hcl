list "tallyfy_task_completion" "all" {
  provider = tallyfy
  include_resource = true
  config { 
    run_id = "5eed00000000000000000000000000aa"
  }
}
