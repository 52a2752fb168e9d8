terraform {
  # The workflow sets the key: each process has a state of its own.
  backend "s3" {
    bucket       = "example-terraform-state"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true # Terraform and OpenTofu 1.10 or later
  }
}
