locals {
  items = [{ id = 1, tags = { n = "a" } }, { id = 2, tags = { n = "b" } }]
}

output "splats" {
  value = {
    full    = local.items[*].id
    legacy  = local.items.*.id
    deep    = local.items[*].tags["n"]
    dotted  = local.items[*].tags.n
    index   = local.items[0].id
    dot     = local.items.1.id
    last    = local.items[length(local.items) - 1].tags.n
    single  = "x"[*]
    nothing = null[*]
  }
}
