locals {
  crlf = "x"
}

output "carriage_returns" {
  value = [
    local.crlf, # comment
    "y",
    <<EOT
line ${local.crlf}
EOT
    ,
    <<-EOT
      in
        dent
    EOT
  ]
}
