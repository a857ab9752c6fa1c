locals {
  name   = "world"
  number = 3
}

output "interpolation" {
  value = [
    "hello ${local.name}",
    "${local.name}",
    "${local.number}",
    "${local.number}x",
    "$${local.name} and %%{ if true }",
    "$$${local.name}",
    "%%%{x",
    "a ${upper("b ${lower("C")} \"d\"")} e",
    "${~ local.name ~}  trimmed",
    "left   ${~ local.name}",
    "backslash before \\${local.name}",
    "nested ${"quote ${"deep"}"}",
    "brace ${jsonencode({ a = "}" })}",
    "${jsonencode("$${x}")}",
    "lines ${
      local.name # with a comment
    } end",
  ]
}
