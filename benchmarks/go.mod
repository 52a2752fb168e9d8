// The comparison of this provider with other ways to complete tasks. It is a module of its own so that "go test ./..." and the
// dependencies of the provider do not include it.
module github.com/tallyfy/terraform-provider-tallyfy/benchmarks

go 1.26.0

require github.com/tallyfy/terraform-provider-tallyfy v0.0.0

replace github.com/tallyfy/terraform-provider-tallyfy => ../
