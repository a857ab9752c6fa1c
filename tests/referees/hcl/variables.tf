variable "text" {
  type        = string
  default     = "literal $${not} an %%{interpolation} \"quoted\"\n"
  description = "has $${braces}"
}

variable "object" {
  type = object({
    name  = string # a comment
    ports = optional(list(number), [80])
    tags  = map(any)
  })
  default = {
    name = "n"
    tags = { "a:b" = "x", c = "y" }
  }
  nullable = false
}

variable "untyped" {
  default = [1, "a", null, { b = -1.5 }]
}

variable "quoted_type" {
  type      = list(string)
  default   = []
  sensitive = false
}

variable heredoc {
  default = <<-EOT
    two
      lines
  EOT
  validation {
    condition     = length(var.heredoc) > 1 && var.heredoc != ""
    error_message = "The value ${var.text} is too short."
  }
}

output "variables" {
  description = "also $${literal}"
  value       = [var.text, var.object, var.untyped, var.quoted_type, var.heredoc]
}
