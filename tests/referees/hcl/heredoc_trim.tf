locals {
  servers = ["a", "b"]
  last    = "z"
}

output "heredoc_trim" {
  value = [
    <<EOT
%{ for s in local.servers ~}
server ${s}
%{ endfor ~}
end
EOT
    ,
    <<-EOT
      %{ for s in local.servers ~}
      server ${s}
      %{ endfor ~}
      end
    EOT
    ,
    <<-EOT
      a
        ${local.last}
      ${local.last} b
    EOT
    ,
    <<-EOT
    ${local.last} at the start
      more
    EOT
    ,
    <<EOT
x   ${~ local.last ~}

   y

%{~ if true ~}

  z
%{~ endif }
$ ${~ local.last}
EOT
    ,
    <<-EOT
      a

        b
      	c
   
      d
      EOT
    ,
    <<-EOT
      %{ if true ~}
        deep
      %{ else ~}
        other
      %{ endif ~}
    EOT
    ,
  ]
}
