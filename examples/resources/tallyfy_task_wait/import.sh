# The approval "Approve the change", as organization/process/task. The organization may be left out if it is the provider's.
terraform import tallyfy_task_wait.approve_change c0ffee00c0ffee00c0ffee00c0ffee00/5eed0000000000000000000000000001/7a5c0000000000000000000000000002
