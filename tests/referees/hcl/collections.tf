locals {
  k = "dynamic"
}

output "collections" {
  value = {
    list    = [1, "two", [3, [4]], { five = 5 }]
    mixed   = [null, true, 1.5]
    "key with space" = 1
    "a:b"   = { "c/d" : "colon", e : 2 }
    one_line = { a = 1, b = 2, }
    (local.k) = "computed"
    "${local.k}-key" = "interpolated"
    1       = "number key"
    "$${x}" = "escaped key"
    nested  = { (local.k) = { deep = [local.k] } }
    true    = "keyword"
    trailing = [
      1,
      2,
    ]
    repeated = "first"
    for     = "word"
    in      = "word"
    if      = "word"
  }
}
