resource "terraform_data" "provisioned" {
  input = "p"

  provisioner "local-exec" {
    command     = <<-EOT
      printf '%s\n' "$${USER:-none}" "${self.input}" "$X" > provisioned.txt
    EOT
    environment = { X = "one \"two\"" }
  }

  provisioner "local-exec" {
    command    = "echo second >> provisioned.txt"
    on_failure = continue
  }

  provisioner "local-exec" {
    when    = destroy
    command = "true"
  }

  connection {
    host = "unused"
  }
}
