resource "terraform_data" "watched" {
  input = "in"

  lifecycle {
    create_before_destroy = true
    prevent_destroy       = false
    ignore_changes        = [input, triggers_replace]
    replace_triggered_by  = [terraform_data.trigger.output, terraform_data.trigger]

    precondition {
      condition     = terraform_data.trigger.output < 2
      error_message = "Never ${"shown"}."
    }

    postcondition {
      condition     = self.output == "in"
      error_message = "Output is ${self.output}."
    }

    postcondition {
      condition     = self.input != ""
      error_message = "second"
    }
  }
}

resource "terraform_data" "trigger" {
  input = 1
  lifecycle {
    ignore_changes = all
  }
}

output "lifecycle" {
  value = terraform_data.watched.output
  precondition {
    condition     = terraform_data.trigger.output == 1
    error_message = "no"
  }
}
