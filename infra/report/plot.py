"""Where everything of a timeline stands in the plot: seconds become pixels here."""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.measure.figure import Figure
from infra.report import Report
from infra.timeline import Kind, Moment, Request

WIDTH = 960
_LEFT = 120
_ROW = 18
_TOP = 30
_MARKED = frozenset({Kind.CUT, Kind.HEALED, Kind.DRAINED, Kind.REFILLING})
_TICKS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time in a row: from x, so wide, of a CSS class, with a tooltip."""

    x: float
    y: float
    width: float
    style: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure within its promised range, in per cent of a scale that begins at 0.

    Attributes:
        start: where the range begins.
        width: how wide it is.
        mark: where the figure is.
    """

    start: float
    width: float
    mark: float


@dataclass(frozen=True)
class Plot:
    """All that the page draws, in pixels."""

    width: int
    height: int
    rows: list[Label]
    ticks: list[Label]
    bars: list[Bar]
    marks: list[Label]
    window: Bar | None


def plot(report: Report) -> Plot:
    """Lay a report's timeline out: a row for each health check, for DNS and for each client."""
    scale = _Scale(report)
    regions = [report.roles.primary, report.roles.standby] if _health_is_known(report) else []
    clients = sorted({request.client for request in report.timeline.requests})
    # Where clients are sent to the nearer region, it was asked from near the one that was cut.
    asked = f"DNS near {report.roles.primary}" if report.roles.bystanders else "DNS answers"
    names = [*(f"health {r}" for r in regions), asked]
    names += [f"client {client + 1}" for client in clients]
    bars = [
        bar
        for row, region in enumerate(regions)
        for bar in _health_bars(report, scale, row, region)
    ]
    bars += _dns_bars(report, scale, len(regions))
    for row, client in enumerate(clients, len(regions) + 1):
        bars += (
            _request_bar(report, scale, row, request)
            for request in report.timeline.requests
            if request.client == client
        )
    if report.timeline.arrivals:
        bars += _arrival_bars(report, scale, len(names))
        names.append("replicating")
    height = _TOP + _ROW * len(names) + 30
    return Plot(
        WIDTH,
        height,
        [Label(0, _y(row) + 11, name) for row, name in enumerate(names)],
        [Label(scale.x(at), height - 8, f"{at - scale.origin:.0f} s") for at in scale.ticks()],
        bars,
        [
            Label(scale.x(m.at), 14, m.kind.value)
            for m in report.timeline.moments
            if m.kind in _MARKED
        ],
        _window(report, scale),
    )


def gauge(figure: Figure, report: Report) -> Gauge | None:
    """Lay a duration out beside its range; None for what has no range, or never came about.

    All of a report's gauges share one scale, so that they can be compared down a column.
    """
    if figure.unit != "s" or figure.promised is None or figure.value is None:
        return None
    durations = [f for f in report.figures if f.unit == "s"]
    ends = [f.promised.high for f in durations if f.promised is not None]
    percent = 100 / max([*ends, *(f.value for f in durations if f.value is not None)])
    return Gauge(
        round(figure.promised.low * percent, 1),
        round((figure.promised.high - figure.promised.low) * percent, 1),
        round(figure.value * percent, 1),
    )


class _Scale:
    """Seconds to pixels; the cut, or the moment when a region was drained, is second 0."""

    def __init__(self, report: Report) -> None:
        timeline = report.timeline
        self.end = max(
            [*(r.ended for r in timeline.requests), *(m.at for m in timeline.moments), 1]
        )
        begun = (timeline.first(k, report.roles.primary) for k in (Kind.CUT, Kind.DRAINED))
        self.origin = next((at for at in begun if at is not None), 0.0)

    def x(self, at: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT) * at / self.end, 1)

    def bar(self, start: float, end: float, row: int, style: str, title: str) -> Bar:
        width = max(round(self.x(end) - self.x(start), 1), 1.5)
        return Bar(self.x(start), _y(row), width, style, title)

    def ticks(self) -> Iterator[float]:
        step = next((s for s in _TICKS if self.end / s <= 12), _TICKS[-1])
        at = self.origin % step
        while at < self.end:
            yield at
            at += step


def _health_is_known(report: Report) -> bool:
    """Tell whether health checks were watched: of a drill's, only that they turned is known."""
    turned = any(m.kind in {Kind.HEALTHY, Kind.UNHEALTHY} for m in report.timeline.moments)
    return turned or report.kind == "rehearsal"


def _y(row: int) -> float:
    return _TOP + _ROW * row


def _health_bars(report: Report, scale: _Scale, row: int, region: str) -> Iterator[Bar]:
    turns = [
        m
        for m in report.timeline.moments
        if m.region == region and m.kind in {Kind.HEALTHY, Kind.UNHEALTHY}
    ]
    known = [Moment(0.0, Kind.HEALTHY, region), *turns]
    for turn, end in zip(known, [*(m.at for m in turns), scale.end], strict=True):
        style = "good" if turn.kind is Kind.HEALTHY else "bad"
        yield scale.bar(turn.at, end, row, style, f"{turn.kind} {turn.detail}".strip())


def _dns_bars(report: Report, scale: _Scale, row: int) -> Iterator[Bar]:
    answers = [m for m in report.timeline.moments if m.kind is Kind.DNS]
    ends = [*(m.at for m in answers[1:]), scale.end]
    for answer, end in zip(answers, ends, strict=bool(answers)):
        yield scale.bar(
            answer.at, end, row, _region_style(report, answer.region), answer.region or "no answer"
        )


def _request_bar(report: Report, scale: _Scale, row: int, request: Request) -> Bar:
    if request.error is None:
        style, what = _region_style(report, request.region or ""), f"from {request.region}"
    else:
        style, what = "failed", request.error
    title = f"{request.operation} at {request.started - scale.origin:.1f} s: {what}"
    return scale.bar(request.started, request.ended, row, style, title)


def _arrival_bars(report: Report, scale: _Scale, row: int) -> Iterator[Bar]:
    for arrival in report.timeline.arrivals:
        end = scale.end if arrival.seen is None else arrival.seen
        late = "never seen" if arrival.seen is None else f"{end - arrival.acknowledged:.2f} s"
        title = f"{arrival.item_id} in {arrival.region}: {late}"
        style = "failed" if arrival.seen is None else "pending"
        yield scale.bar(arrival.acknowledged, end, row, style, title)


def _region_style(report: Report, region: str) -> str:
    styles = {report.roles.primary: "primary", report.roles.standby: "standby"}
    return styles.get(region, "failed")


def _window(report: Report, scale: _Scale) -> Bar | None:
    cut = report.timeline.first(Kind.CUT, report.roles.primary)
    if cut is None or report.promise is None:
        return None
    promise = report.promise.outage
    end = min(cut + promise.high, scale.end)
    start = min(cut + promise.low, end)
    title = f"promised: {promise} s after the cut"
    return Bar(scale.x(start), _TOP, scale.x(end) - scale.x(start), "window", title)
