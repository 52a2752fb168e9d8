# A value is JSON, or null if the field is empty.
data "tallyfy_task" "rotate_deploy_key" {
  task_id = "7a5c00000000000000000000000000ff" # the one-off task "Rotate the deploy key"
}

output "answers" {
  value = {
    for field in data.tallyfy_task.rotate_deploy_key.form_fields :
    field.label => field.value == null ? null : jsondecode(field.value)
  }
}
