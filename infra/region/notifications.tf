# Where this region's alarms go. In the region itself: they must arrive while another is lost.

module "notifications" {
  source = "../../notifications" # from infra/build/<stage>/, where this file is laid

  name  = var.name
  email = var.monitoring.email
}
