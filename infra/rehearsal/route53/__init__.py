"""A stand-in for Route 53 on a laptop.

It obeys the record sets, health checks and alarms that it reads through the AWS APIs, and nothing
else. It knows simple, failover, weighted and latency routing, aliases and CNAMEs, and refuses the
rest by name. All durations are simulated seconds of the rehearsal's clock.

What a rehearsal cannot show, because the stand-in is not Route 53:

- Route 53 publishes a turned health check to its name servers in a time that AWS does not state;
  the stand-in answers by it at once.
- Route 53 judges the metric stream of an alarm, the stand-in the state that DescribeAlarms gives,
  so SetAlarmState moves this one and not that one.
  https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
- Latency is distance: see geography.py.
- Names that AWS owns have IPv4 addresses only.
"""

from infra.rehearsal.route53.health import HealthChange
from infra.rehearsal.route53.service import Route53, Surroundings
from infra.rehearsal.route53.stand_in import Route53StandIn, Settings

__all__ = ["HealthChange", "Route53", "Route53StandIn", "Settings", "Surroundings"]
