locals {
  people = { alice = 30, bob = 20 }
  list   = ["x", "y", "z"]
}

output "for_expressions" {
  value = {
    list     = [for s in local.list : upper(s)]
    filtered = [for s in local.list : s if s != "y"]
    indexed  = [for i, s in local.list : "${i}:${s}"]
    map      = { for k, v in local.people : upper(k) => v }
    grouped  = { for k, v in local.people : (v > 25 ? "old" : "young") => k... }
    lines = {
      for k, v in local.people :
      k => {
        age  = v
        name = k
      }
      if v > 1
    }
    many = [
      for s in local.list : {
        s = s
      }
    ]
    nested = flatten([for a in local.list : [for b in local.list : "${a}${b}"]])
  }
}
