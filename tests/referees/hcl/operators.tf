locals {
  a = 7
  b = 2
  t = true
}

output "operators" {
  value = [
    local.a + local.b * 3 - 1,
    (local.a + local.b) * 3,
    local.a % local.b, local.a / local.b,
    -local.a, - 3, local.a - -1, local.a -1,
    !local.t, !!local.t, !(local.a > local.b),
    local.a > 1 && local.b < 1 || local.t,
    local.a == 7 ? "seven" : "other",
    local.a != 7 ? "other" : local.b >= 2 ? "two" : "none",
    local.a <= 7 == true,
    "a" == "b" ? [] : [1],
    (
      local.a
      + local.b
      > 3
      ? "multi"
      : "line"
    ),
    1-1,
  ]
}
