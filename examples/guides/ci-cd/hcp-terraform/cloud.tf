terraform {
  cloud {
    organization = "example"

    workspaces {
      name = "launch-payments"
    }
  }
}
