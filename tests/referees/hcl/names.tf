locals {
  größe       = 1
  with-dash   = 2
  _underscore = 3
  x1          = 4
  名前 = 5
}

output "names" {
  value = [local.größe, local.with-dash, local._underscore, local.x1, local.with-dash - 1]
}
