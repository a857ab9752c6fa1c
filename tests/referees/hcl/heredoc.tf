locals {
  who = "you"
}

output "heredoc" {
  value = [
    <<EOT
plain "quotes" and \n no escapes \
  indented ${local.who}
$${literal} %%{literal}
EOT
    ,
    <<-EOT
      outdented
        by four, not six: ${local.who}

      blank line above
    EOT
    ,
    <<-EOT
	tabs
		two
	EOT
    ,
    <<EOT
EOT
    ,
    <<-EOT
      not the end: EOT here
      EOTS
      é EOT
        EOT
    ,
  ]
}
