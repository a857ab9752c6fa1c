"""What reaches what: the network of a configuration, and paths through it, decided before Terraform runs."""
