# Which region has something ready, in each mode.

mock_provider "aws" {
  alias           = "primary"
  source          = "./tests/aws"
  override_during = plan
}

mock_provider "aws" {
  alias           = "secondary"
  source          = "./tests/aws"
  override_during = plan
}

mock_provider "aws" {
  alias           = "global"
  source          = "./tests/aws"
  override_during = plan
}

run "a_standby_is_cold_unless_asked_for" {
  command = plan

  assert {
    condition     = [module.primary.provisioned, module.secondary.provisioned] == [{ read = 0, write = 0 }, { read = 0, write = 0 }]
    error_message = "What is ready is paid for all month: by default nothing is."
  }
}

run "a_warm_standby_is_the_one_that_stands_by" {
  command = plan

  variables {
    standby = "warm"
  }

  assert {
    condition     = [module.primary.provisioned, module.secondary.provisioned] == [{ read = 0, write = 0 }, { read = 5, write = 2 }]
    error_message = "The standby must have its least ready, and the primary, where all clients are already, nothing."
  }
}

run "where_both_regions_serve_each_is_ready_for_the_others_clients" {
  command = plan

  variables {
    standby                 = "warm"
    routing                 = "latency"
    provisioned_concurrency = { read = { min = 3 }, write = { max = 9 } }
  }

  assert {
    condition     = [module.primary.provisioned, module.secondary.provisioned] == [{ read = 3, write = 2 }, { read = 3, write = 2 }]
    error_message = "Each region must have ready what the other's clients will ask for."
  }
}
