"""Lambda and CloudWatch: a function's versions told apart, in traffic, logs and metrics.

What a canary is judged by: an alias's weights, Lambda's metrics by executed version, and metric
filters on what the functions log.
"""

import functools
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc

_log = logging.getLogger(__name__)

# { $.a = "text" }, or several of those, each in parentheses, with && between.
_TERM = re.compile(r"\(?\s*\$\.(\w+)\s*(>=|<=|!=|=|<|>)\s*(\"[^\"]*\"|[\d.]+)\s*\)?")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, asked: bool(found == asked),
    "!=": lambda found, asked: bool(found != asked),
    ">=": lambda found, asked: isinstance(found, int | float) and found >= asked,
    "<=": lambda found, asked: isinstance(found, int | float) and found <= asked,
    ">": lambda found, asked: isinstance(found, int | float) and found > asked,
    "<": lambda found, asked: isinstance(found, int | float) and found < asked,
}

# What Lambda's own Python runtime does with log_format = JSON, in the fields that it writes:
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
_LOG_AS_JSON = """
def _log_as_json():
    import datetime, json, logging, os, sys
    known = set(vars(logging.makeLogRecord({})))
    class Formatter(logging.Formatter):
        def format(self, record):
            at = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
            line = {"timestamp": at.isoformat(), "level": record.levelname}
            line |= {"message": record.getMessage(), "logger": record.name}
            line |= {k: v for k, v in vars(record).items() if k not in known}
            if record.exc_info:
                line["errorType"] = record.exc_info[0].__name__
            return json.dumps(line, default=str)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))

import os
if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
    _log_as_json()
"""


def obey_the_weights_of_aliases() -> None:
    """All that comes through API Gateway goes to an alias's main version.

    AWS chooses at random. Here every tenth request goes to a version with a weight of 0.1, so that
    what a few requests show does not vary from run to run.
    """
    shares: dict[str, float] = {}
    original = lambda_svc._get_func_record_for_ref_in_scope

    @functools.wraps(original)
    def resolve(reference: str, **scope: Any) -> tuple[Any, Any, str]:
        record, config, name = original(reference, **scope)
        function, _, _ = lambda_svc._get_base_func_record_for_ref(reference)
        alias = (function or {}).get("aliases", {}).get(reference.rpartition(":")[2])
        if config is None or alias is None:
            return record, config, name
        for version, weight in _weights(alias).items():
            shares[reference] = shares.get(reference, 0.0) + weight
            if shares[reference] >= 1:
                shares[reference] -= 1
                record = function["versions"][version]
        # The caller asked for the alias, which is what a function is told, and metrics are by.
        return record, record["config"] | {"FunctionArn": reference}, name

    lambda_svc._get_func_record_for_ref_in_scope = resolve


def _weights(alias: Mapping[str, Any]) -> Mapping[str, float]:
    return (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}


def log_as_json() -> None:
    """What functions log below WARNING is lost, and the rest of it is no JSON."""
    start = "import sys, json, importlib"
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(start, f"{_LOG_AS_JSON}{start}", 1)
    spawn = lambda_runtime.Worker._spawn

    def with_the_log_format(worker: Any) -> None:
        environment = (worker.config.get("Environment") or {}).get("Variables") or {}
        asked = worker.config.get("LoggingConfig") or {}
        told = {
            "AWS_LAMBDA_LOG_FORMAT": asked.get("LogFormat", "Text"),
            "AWS_LAMBDA_LOG_LEVEL": asked.get("ApplicationLogLevel", "INFO"),
        }
        worker.config = worker.config | {"Environment": {"Variables": environment | told}}
        spawn(worker)

    lambda_runtime.Worker._spawn = with_the_log_format


def measure_each_version() -> None:
    """Lambda's metrics are of direct invocations alone, and tell neither alias nor version.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    """
    starting = threading.local()
    spawn = lambda_runtime.Worker._spawn
    dispatch = lambda_svc._execute_function_dispatch
    emit = lambda_svc._emit_lambda_metrics

    def timed_spawn(worker: Any) -> None:
        began = time.monotonic()
        spawn(worker)
        starting.seconds = time.monotonic() - began

    def measured(function: Any, config: Any, event: Any, request_id: str, started: float) -> Any:
        starting.seconds = 0.0
        began = time.monotonic()
        result = dispatch(function, config, event, request_id, started)
        # As on AWS, a start is no part of the duration.
        seconds = time.monotonic() - began - starting.seconds
        _measure(config, seconds * 1000, failed=bool(result.get("error")))
        return result

    def throttles_only(name: str, duration_ms: float, error: bool, throttle: bool) -> None:  # noqa: FBT001 -- as the emulator calls it
        if throttle:
            emit(name, duration_ms, error, throttle)

    lambda_runtime.Worker._spawn = timed_spawn
    lambda_svc._execute_function_dispatch = measured
    lambda_svc._emit_lambda_metrics = throttles_only


def _measure(config: Mapping[str, Any], milliseconds: float, *, failed: bool) -> None:
    name, version = config["FunctionName"], config.get("Version", "$LATEST")
    qualifier = config["FunctionArn"].split(":")[7:]
    dimensions = [{"FunctionName": name}]
    if qualifier:
        dimensions.append(dimensions[0] | {"Resource": f"{name}:{qualifier[0]}"})
    if qualifier and qualifier[0] != version:
        dimensions.append(dimensions[1] | {"ExecutedVersion": version})
    for of in dimensions:
        cloudwatch.record_metric("AWS/Lambda", "Invocations", 1, "Count", of)
        cloudwatch.record_metric("AWS/Lambda", "Errors", int(failed), "Count", of)
        cloudwatch.record_metric("AWS/Lambda", "Duration", milliseconds, "Milliseconds", of)


def count_what_metric_filters_match() -> None:
    """Metric filters are kept, and count nothing."""
    original = cloudwatch_logs._fanout_to_subscription_filters

    def fan_out(group: str, stream: str, events: list[dict[str, Any]]) -> None:
        for (of, _), metric_filter in list(cloudwatch_logs._metric_filters.items()):
            if of == group and _terms(metric_filter["filterPattern"]):
                _count(metric_filter, (event["message"] for event in events))
        original(group, stream, events)

    cloudwatch_logs._fanout_to_subscription_filters = fan_out


def _count(metric_filter: Mapping[str, Any], messages: Iterable[str]) -> None:
    terms = _terms(metric_filter["filterPattern"])
    for fields in (json.loads(text) for text in messages if text.startswith("{")):
        if not all(_COMPARISONS[sign](fields.get(name), asked) for name, sign, asked in terms):
            continue
        for metric in metric_filter["metricTransformations"]:
            selected = metric.get("dimensions", {})
            cloudwatch.record_metric(
                metric["metricNamespace"],
                metric["metricName"],
                float(metric["metricValue"]),
                metric.get("unit", "None"),
                {name: str(fields[field.removeprefix("$.")]) for name, field in selected.items()},
            )


@functools.cache
def _terms(pattern: str) -> list[tuple[str, str, Any]]:
    """Return the terms of a pattern for JSON, all of which must hold; none if it is another one."""
    found = _TERM.findall(pattern)
    if re.sub(r"[{}()\s]|&&", "", _TERM.sub("", pattern)):
        _log.warning("counts nothing for a metric filter of this kind: %s", pattern)
        return []
    return [(name, sign, json.loads(asked)) for name, sign, asked in found]
