output "functions" {
  value = {
    merge  = merge({ a = 1 }, { b = 2 })
    spread = max([1, 5, 3]...)
    lines = join(
      ",",
      [
        "a",
        "b",
      ],
    )
    nested  = tolist(toset(["a", "a"]))
    try     = try(tomap({}).missing, "fallback")
    can     = can(tonumber("x"))
    format  = format("%s-%03d %%", "a", 7)
    replace = replace("a.b.c", "/\\./", "-")
    regex   = regex("^(\\w+)-(\\d+)$", "ab-12")
    namespaced = provider::terraform::encode_expr({ a = 1 })
    empty   = length([])
    split   = split("\n", "a\nb")
  }
}

terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
