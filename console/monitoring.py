"""Pages for a monitoring system: whether the server lives, whether it can work, and its measurements.

None names a person. `/metrics` asks for the token of `KAARTJE_METRICS_TOKEN`; without that setting it is not there.
"""

import hmac
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from installation.installation import Installation
from operations.health_checks import AGEING, findings
from store.migrating import revision
from store.migrations import HEAD

router = APIRouter()


@router.get("/healthz")
def show_alive() -> Response:
    """Say that the process answers. It asks nothing of the database."""
    return Response("alive\n", media_type="text/plain")


@router.get("/readyz")
def show_ready(request: Request) -> Response:
    """Say whether people can be helped here: the database answers, and is at our schema."""
    try:
        found = revision(_installation(request).store)
    except SQLAlchemyError:
        return Response("the database does not answer\n", 503, media_type="text/plain")
    if found != HEAD:
        return Response("the database is at another schema\n", 503, media_type="text/plain")
    return Response("ready\n", media_type="text/plain")


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Show what waits, how long, and what the health checks find, in Prometheus' text format."""
    installation = _installation(request)
    token = installation.settings.metrics_token.get_secret_value()
    if not token:
        return Response(status_code=404)
    shown = request.headers.get("authorization", "")
    if not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        return Response(status_code=401, headers={"www-authenticate": 'Bearer realm="kaartje"'})
    registry = CollectorRegistry()
    registry.register(_Measurements(installation))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Measurements(Collector):
    """The measurements of one moment."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Yield nothing, so that registering reads no database."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every measurement as a gauge."""
        waiting = GaugeMetricFamily(
            "kaartje_waiting", "Rows that wait, by what they wait for.", labels=["check"]
        )
        oldest = GaugeMetricFamily(
            "kaartje_waiting_seconds", "Seconds that the oldest has waited.", labels=["check"]
        )
        now = self._installation.now()
        with self._installation.store.reading() as connection:
            for name, (_, rule) in AGEING.items():
                found = rule.count(connection, now)
                waiting.add_metric([name], found.count)
                oldest.add_metric([name], found.age(now).total_seconds())
        yield waiting
        yield oldest
        asking = GaugeMetricFamily(
            "kaartje_findings",
            "What the quick health checks find; more than 0 asks for somebody.",
            labels=["check"],
        )
        for name, several in findings(self._installation, now=now, quick=True).items():
            asking.add_metric([name], len(several))
        yield asking


def _installation(request: Request) -> Installation:
    installation: Installation = request.app.state.installation
    return installation
