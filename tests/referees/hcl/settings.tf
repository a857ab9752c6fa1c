terraform {
  required_version = ">= 1.4, < 2.0"

  backend "local" {
    path = "state/terraform.tfstate"
  }
}

output "settings" {
  value = terraform.workspace
}
