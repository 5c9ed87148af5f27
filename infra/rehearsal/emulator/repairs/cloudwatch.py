"""CloudWatch: alarms whole, as the provider sends them, and metrics by the minute."""

import json
from collections.abc import Callable
from typing import Any
from xml.sax import saxutils

from ministack.services import cloudwatch

from infra.rehearsal.emulator.repairs.wrapping import Response, wrap

_MINUTE = 60


def keep_alarms_whole() -> None:
    """Over the query protocol, the provider's, an alarm loses some settings, and tells fewer.

    Over JSON it keeps and tells all but metric math, so what the provider sends is kept as it is,
    and what it is told comes from there.
    """
    wrap(cloudwatch, "_put_metric_alarm", _put_metric_alarm)
    wrap(cloudwatch, "_describe_alarms", _describe_alarms)


def _put_metric_alarm(
    original: Callable[..., Response],
    params: dict[str, Any],
    data: dict[str, Any],
    is_cbor: bool,  # noqa: FBT001 -- as the emulator calls it
    is_json: bool = False,  # noqa: FBT001, FBT002 -- likewise
) -> Response:
    answer = original(params, data, is_cbor, is_json)
    if answer[0] == 200:
        sent = data or _nested(params)
        alarm = cloudwatch._alarms[sent["AlarmName"]]
        alarm |= {
            name: sent[name] for name in ("InsufficientDataActions", "Metrics") if name in sent
        }
        # What AWS leaves out is what was not sent: an alarm on metric math has no period, say.
        for name in ("Statistic", "Period"):
            if name not in sent:
                alarm.pop(name, None)
    return answer


def _describe_alarms(
    original: Callable[..., Response],
    params: dict[str, Any],
    data: dict[str, Any],
    is_cbor: bool,  # noqa: FBT001 -- as the emulator calls it
    is_json: bool = False,  # noqa: FBT001, FBT002 -- likewise
) -> Response:
    if is_cbor or is_json:
        return original(params, data, is_cbor, is_json)
    status, _, body = original(params, _nested(params), is_cbor, is_json=True)
    if status != 200:
        return original(params, data, is_cbor, is_json)
    result = f"<DescribeAlarmsResult>{_xml(json.loads(body))}</DescribeAlarmsResult>"
    answer: Response = cloudwatch._xml(200, "DescribeAlarmsResponse", result)
    return answer


def _nested(params: dict[str, Any]) -> dict[str, Any]:
    """Return a query's parameters as the document that they stand for.

    `Metrics.member.1.MetricStat.Period=60` is in {"Metrics": [{"MetricStat": {"Period": "60"}}]}.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/making-api-requests.html
    """
    document: dict[str, Any] = {}
    for path in params:
        at = document
        *parents, name = path.split(".")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[name] = cloudwatch._p(params, path)
    return {name: _listed(value) for name, value in document.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = value.get("member")
    if set(value) == {"member"} and isinstance(members, dict):
        return [_listed(members[number]) for number in sorted(members, key=int)]
    return {name: _listed(item) for name, item in value.items()}


def _xml(document: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_xml_value(name, value)}</{name}>"
        for name, value in document.items()
        if value is not None
    )


def _xml_value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return _xml(value)
    if isinstance(value, list):
        return "".join(f"<member>{_xml_value(name, item)}</member>" for item in value)
    if name.endswith("Timestamp"):
        return str(cloudwatch._ts_iso(value))
    return saxutils.escape(str(value).lower() if isinstance(value, bool) else str(value))


def keep_metrics_by_the_minute() -> None:
    """Numbers are kept by the instant, so that an alarm's period ends now and not with a minute.

    Of a metric of standard resolution CloudWatch keeps minutes, so a number that is alone in its
    minute decides: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html
    """
    wrap(cloudwatch, "_store_datum", _store_datum)


def _store_datum(
    original: Callable[..., None],
    namespace: str,
    name: str,
    dimensions: dict[str, str],
    at: float,
    *values: Any,
) -> None:
    original(namespace, name, dimensions, at - at % _MINUTE, *values)
