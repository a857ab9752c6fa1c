locals {
  arn = "arn:aws:s3:::b"
}

output "json" {
  value = {
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "DenyInsecure"
          Effect    = "Deny"
          Principal = "*"
          Action    = ["s3:*"]
          Resource  = [local.arn, "${local.arn}/*"]
          Condition = {
            Bool = { "aws:SecureTransport" = "false" }
          }
        },
        {
          Effect   = "Allow"
          Action   = "s3:GetObject"
          Resource = "${local.arn}/$${aws:username}/*"
        },
      ]
    })
    decoded = jsondecode("{\"a\": [1, {\"b\": null}]}")
    heredoc = jsondecode(<<EOF
{
  "Resource": "${local.arn}/$${aws:username}",
  "n": "line\nbreak"
}
EOF
    )
    yaml = yamldecode("a: 1\nb:\n  - x\n")
  }
}
