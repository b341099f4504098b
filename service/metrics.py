"""Figures for Prometheus: what this process has served, and what the database tells of the rest.

Labels are templates of routes, states, names of queues: nothing that tells of a person or a case.
"""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from service.condition import Foundation

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
CHECK_SECONDS = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

QUEUED = """
    select queue_name, status::text, count(*) from procrastinate_jobs
    where status in ('todo', 'doing', 'failed') group by 1, 2 order by 1, 2"""
CHECKED = """
    select state, width_bucket(seconds, cast(:bounds as float8[])), count(*), sum(seconds)
    from (select state, extract(epoch from finished - started)::float8 as seconds from checks
          where finished is not null and started is not null) as finished
    group by 1, 2 order by 1, 2"""
MAILS = "select count(*) from mails where sent is null"
BLOBS = "select coalesce(sum(size), 0) from blobs"


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, foundation: Foundation) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "belang_request_seconds",
            "Requests served, by route template",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.registry.register(_Kept(foundation))
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; methods nobody knows share a label, or each would cost memory."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, str(status)).observe(seconds)

    def page(self) -> bytes:
        """Return all figures in the text format of Prometheus."""
        return generate_latest(self.registry)


class _Kept(Collector):
    """What has to be asked for at each visit."""

    def __init__(self, foundation: Foundation) -> None:
        self._foundation = foundation

    def describe(self) -> list[Metric]:
        """Return nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Ask; without a database only `belang_database_up 0` and what needs none."""
        yield from _layers(self._foundation)
        yield from _pool(self._foundation.engine)
        try:
            with self._foundation.aside() as connection:
                kept = [*_jobs(connection), _checks(connection), *_sums(connection)]
        except SQLAlchemyError:
            kept = []
        yield _gauge("belang_database_up", "Whether the database answers", float(bool(kept)))
        yield from kept


def _layers(foundation: Foundation) -> Iterator[Metric]:
    layers = foundation.layers()
    yield _gauge("belang_layers", "Layers of the catalogue that hold data", layers.all)
    yield _gauge("belang_layers_failing", "Layers without usable data", layers.failing)
    yield _gauge("belang_layers_stale", "Layers whose data are out of date", layers.stale)


def _pool(engine: Engine) -> Iterator[Metric]:
    if isinstance(engine.pool, QueuePool):
        used, size = engine.pool.checkedout(), engine.pool.size()
        yield _gauge("belang_database_connections_used", "Connections at work", used)
        yield _gauge("belang_database_connections", "Connections kept open at most", size)


def _jobs(connection: Connection) -> list[Metric]:
    waiting = GaugeMetricFamily(
        "belang_jobs", "Jobs, by queue and state", labels=("queue", "state")
    )
    for queue, state, count in connection.execute(text(QUEUED)):
        waiting.add_metric((queue, state), count)
    return [waiting]


def _checks(connection: Connection) -> Metric:
    family = HistogramMetricFamily(
        "belang_check_seconds", "Finished checks, by outcome", labels=("outcome",)
    )
    counts: dict[str, list[int]] = {}
    sums: dict[str, float] = {}
    for state, bucket, count, total in connection.execute(
        text(CHECKED), {"bounds": list(CHECK_SECONDS)}
    ):
        counts.setdefault(state, [0] * (len(CHECK_SECONDS) + 1))[bucket] = count
        sums[state] = sums.get(state, 0.0) + total
    bounds = [*map(str, CHECK_SECONDS), "+Inf"]
    for state, each in counts.items():
        family.add_metric((state,), list(zip(bounds, accumulate(each), strict=True)), sums[state])
    return family


def _sums(connection: Connection) -> list[Metric]:
    mails, stored = connection.scalar(text(MAILS)), connection.scalar(text(BLOBS))
    return [
        _gauge("belang_mails_waiting", "Mails not sent yet", float(mails or 0)),
        _gauge("belang_blobs_bytes", "Bytes of stored files", float(stored or 0)),
    ]


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
