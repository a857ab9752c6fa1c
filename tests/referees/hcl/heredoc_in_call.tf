locals {
  inner = "v"
}

output "heredoc_in_call" {
  value = {
    upper = upper(<<EOT
"text" with \ and ${local.inner}
EOT
    )
    encoded = jsonencode({
      script = <<-EOT
        #!/bin/sh
        echo "${local.inner}" # no comment
        // neither
        tab	here
      EOT
      other = 1
    })
    list = [<<EOT
one
EOT
    , "two"]
    within = "outer ${trimspace(<<EOT
 within ${local.inner}
EOT
    )} end"
  }
}
