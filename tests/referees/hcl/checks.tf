check "health" {
  data "terraform_remote_state" "checked" {
    backend  = "local"
    config   = { path = "other.tfstate" }
    defaults = { ok = true }
  }

  assert {
    condition     = data.terraform_remote_state.checked.outputs.ok
    error_message = "not ok: ${jsonencode(data.terraform_remote_state.checked.outputs)}"
  }

  assert {
    condition     = data.terraform_remote_state.checked.outputs != null
    error_message = "fine"
  }
}
