resource "terraform_data" "before" {
  input = "seen"
}

data "terraform_remote_state" "other" {
  backend = "local"
  config = {
    path = "${path.module}/other.tfstate"
  }
  defaults = {
    greeting = "hi"
  }
}

output "data_source" {
  value = data.terraform_remote_state.other.outputs.greeting
}
