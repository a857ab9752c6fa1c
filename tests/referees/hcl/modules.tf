module "child" {
  source = "./child"
  text   = "given ${local.twice_a}"
  list   = [1, 2]
}

module "children" {
  source     = "./child"
  for_each   = toset(["a", "b"])
  text       = each.key
  list       = []
  depends_on = [module.child]
  providers  = {}
}

output "modules" {
  value = [module.child.said, { for k, m in module.children : k => m.said }]
}
