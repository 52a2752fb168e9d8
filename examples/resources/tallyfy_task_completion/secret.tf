variable "fingerprint" {
  type      = string
  ephemeral = true
  default   = "SHA256:2jmj7l5rSw0yVb"
}

resource "tallyfy_task_completion" "rotate_key_in_secret" {
  task_id = "7a5c00000000000000000000000000ff" # the one-off task "Rotate the deploy key"

  form_fields_wo         = { "Key fingerprint" = var.fingerprint }
  form_fields_wo_version = 1 # change it together with the value
}
