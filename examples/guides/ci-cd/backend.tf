terraform {
  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "tallyfy/launch-payments.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true # Terraform and OpenTofu 1.10 or later
  }
}
