# A task of a process, as organization/process/task.
terraform import tallyfy_task_completion.approve_change c0ffee00c0ffee00c0ffee00c0ffee00/5eed0000000000000000000000000001/7a5c0000000000000000000000000002

# A one-off task, as organization//task.
terraform import tallyfy_task_completion.rotate_deploy_key c0ffee00c0ffee00c0ffee00c0ffee00//7a5c00000000000000000000000000ff

# In the provider's organization, as process/task or as the task alone.
terraform import tallyfy_task_completion.announce_maintenance 5eed0000000000000000000000000001/7a5c0000000000000000000000000004
terraform import tallyfy_task_completion.acknowledge_runbook 7a5c0000000000000000000000000005
