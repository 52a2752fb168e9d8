removed {
  from = tallyfy_task_completion.provision_vpc

  lifecycle {
    destroy = false
  }
}
