# The two names under which this region answers, on one certificate: the shared name, which DNS
# points here while this region serves, and the region's own, which is always this region.

locals {
  regional_domain_name = "${var.region}.${var.domain_name}"
}

resource "aws_acm_certificate" "api" {
  domain_name               = var.domain_name
  subject_alternative_names = [local.regional_domain_name]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true # a certificate in use can't be deleted
  }
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn         = aws_acm_certificate.api.arn
  validation_record_fqdns = var.validation_record_fqdns
}

resource "aws_api_gateway_domain_name" "shared" {
  domain_name              = var.domain_name
  regional_certificate_arn = aws_acm_certificate_validation.api.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_domain_name" "regional" {
  domain_name              = local.regional_domain_name
  regional_certificate_arn = aws_acm_certificate_validation.api.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "shared" {
  domain_name = aws_api_gateway_domain_name.shared.domain_name
  api_id      = aws_api_gateway_rest_api.rest_api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
}

resource "aws_api_gateway_base_path_mapping" "regional" {
  domain_name = aws_api_gateway_domain_name.regional.domain_name
  api_id      = aws_api_gateway_rest_api.rest_api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
}

resource "aws_route53_record" "regional" {
  for_each = toset(["A", "AAAA"])

  zone_id = var.hosted_zone_id
  name    = local.regional_domain_name
  type    = each.key

  alias {
    name    = aws_api_gateway_domain_name.regional.regional_domain_name
    zone_id = aws_api_gateway_domain_name.regional.regional_zone_id
    # Health is judged by the health check on this very name.
    evaluate_target_health = false
  }
}
