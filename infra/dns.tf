# The hosted zone, and the records that prove to ACM that its names are ours.

data "aws_route53_zone" "this" {
  provider = aws.primary

  name         = var.hosted_zone_name
  private_zone = false
}

# ACM gives one account the same validation record for a name in every region, so the shared
# name's record is written once here: one in each region's module would be two owners of it.
# https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
resource "aws_route53_record" "certificate_validation" {
  provider = aws.primary
  for_each = merge(module.secondary.certificate_validation, module.primary.certificate_validation)

  zone_id = data.aws_route53_zone.this.zone_id
  name    = each.value.name
  type    = each.value.type
  records = [each.value.value]
  ttl     = 300
}
