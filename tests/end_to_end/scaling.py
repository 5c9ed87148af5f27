"""Plays what Application Auto Scaling does with what is registered, a minute at a time.

As documented, and no more: an alarm of three minutes above the target to go out, one of fifteen
below nine tenths of it to go in, to the capacity at which the target would be met, within bounds.
https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

READ, WRITE = "multi-region-api-read", "multi-region-api-write"
# What infra/variables.tf has ready by default.
LEAST = {READ: 5, WRITE: 2}

_OUT_MINUTES, _IN_MINUTES = 3, 15
_FILLED = "FILL(reported, 0)"


@dataclass
class Scaler:
    """Application Auto Scaling of one region.

    Args:
        region: which one.
        environment: tells where the emulator is, and its credentials.
    """

    region: str
    environment: Mapping[str, str]
    _above: Counter[str] = field(default_factory=Counter)
    _below: Counter[str] = field(default_factory=Counter)

    def ready(self) -> dict[str, int]:
        """Return by function how many environments are ready."""
        return {name: self._capacity(name) for name in map(_function, self._targets())}

    def weights(self) -> dict[str, object]:
        """Return by function the weights of its alias: Lambda's own, until all is ready."""
        names = map(_function, self._targets())
        aliases = (self._client("lambda").get_alias(FunctionName=n, Name="live") for n in names)
        return {a["AliasArn"].split(":")[-2]: a.get("RoutingConfig") for a in aliases}

    def minutes(self, count: int, requests_at_once: dict[str, int]) -> None:
        """Let minutes pass, in each of which functions had so many requests at once."""
        for _ in range(count):
            self.minute(requests_at_once)

    def minute(self, requests_at_once: dict[str, int]) -> None:
        """Let a minute pass, in which functions had so many requests at once; silence is no key."""
        for target in self._targets():
            name = _function(target)
            capacity = self._capacity(name)
            used = requests_at_once.get(name)
            busy = None if used is None else min(used / capacity, 1.0)
            policies = self._client("application-autoscaling").describe_scaling_policies(
                ServiceNamespace="lambda", ResourceId=target["ResourceId"]
            )["ScalingPolicies"]
            for policy in policies:
                self._track(target, policy, name, capacity, busy)

    def _track(
        self,
        target: dict[str, Any],
        policy: dict[str, Any],
        name: str,
        capacity: int,
        busy: float | None,
    ) -> None:
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        wanted = tracking["TargetValue"]
        custom = tracking.get("CustomizedMetricSpecification", {}).get("Metrics", [])
        filled = any(metric.get("Expression") == _FILLED for metric in custom)
        if filled and busy is None:
            busy = 0.0
        if filled:
            # The newest minute of a filled metric is always 0, so its high alarm never turns.
            below = busy is not None and busy < 0.9 * wanted
            self._below[name] = self._below[name] + 1 if below else 0
            if self._below[name] >= _IN_MINUTES and not tracking.get("DisableScaleIn"):
                self._put(target, name, math.ceil(capacity * (busy or 0.0) / wanted))
            return
        self._above[name] = self._above[name] + 1 if busy is not None and busy > wanted else 0
        if self._above[name] >= _OUT_MINUTES and busy is not None:
            self._put(target, name, math.ceil(capacity * busy / wanted))

    def _put(self, target: dict[str, Any], name: str, capacity: int) -> None:
        self._client("lambda").put_provisioned_concurrency_config(
            FunctionName=name,
            Qualifier="live",
            ProvisionedConcurrentExecutions=min(
                max(capacity, target["MinCapacity"]), target["MaxCapacity"]
            ),
        )

    def _capacity(self, function: str) -> int:
        functions = self._client("lambda")
        try:
            found = functions.get_provisioned_concurrency_config(
                FunctionName=function, Qualifier="live"
            )
        except functions.exceptions.ProvisionedConcurrencyConfigNotFoundException:
            return 0
        return int(found["AllocatedProvisionedConcurrentExecutions"])

    def _targets(self) -> list[dict[str, Any]]:
        found = self._client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace="lambda"
        )
        return list(found["ScalableTargets"])

    def _client(self, service: str) -> Any:  # noqa: ANN401 -- boto3-stubs has no types for it here
        found = self.environment
        session = boto3.Session(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"])
        make: Any = session.client
        return make(service, region_name=self.region, endpoint_url=found["AWS_ENDPOINT_URL"])


def _function(target: dict[str, Any]) -> str:
    return str(target["ResourceId"]).split(":")[1]
