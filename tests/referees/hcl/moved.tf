resource "terraform_data" "renamed" {
  for_each = toset(["x"])
  input    = each.value
}

moved {
  from = terraform_data.before_it_was_renamed
  to   = terraform_data.renamed["x"]
}

moved {
  from = module.gone
  to   = module.child
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

output "moved" {
  value = keys(terraform_data.renamed)
}
