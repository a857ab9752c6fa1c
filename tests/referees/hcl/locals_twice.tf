locals {
  twice_a = 1
  twice_b = local.twice_a + 1
}

locals {
  twice_c = { (local.twice_name) = local.twice_b }
  twice_name = "key"
}

locals { twice_d = "one line" }

output "locals_twice" {
  value = [local.twice_a, local.twice_b, local.twice_c, local.twice_d]
}
