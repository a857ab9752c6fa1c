locals {
  on    = true
  names = ["a", "b"]
}

output "directives" {
  value = [
    "%{ if local.on }yes%{ else }no%{ endif }",
    "%{ if !local.on }yes%{ endif }",
    "%{ for n in local.names }<${n}>%{ endfor }",
    "%{ for i, n in local.names ~}   ${i}=${n};  %{~ endfor }",
    "%{ if local.on }%{ for n in local.names }${n}%{ endfor }%{ endif }",
  ]
}
