"""What platforms look at: `/metrics` for Prometheus, `/livez` and `/readyz` for who restarts and
routes. The figures are OpenTelemetry's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from portwright_runtime import telemetry
from portwright_runtime.errors import ConfigurationError


@contextmanager
def serving(port: int, ready: Callable[[], bool], host: str = "0.0.0.0") -> Iterator[int]:
    """Serves on the port (0 for any free one) meanwhile, and gives it; `ready` is what
    `/readyz` says: 200 or 503. Sets OpenTelemetry's metrics up where nobody has."""
    figures = _figures()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, figures(), "text/plain; version=0.0.4; charset=utf-8")
            elif path == "/livez":
                self._answer(200, b"ok\n")
            elif path == "/readyz":
                self._answer(*((200, b"ok\n") if ready() else (503, b"not ready\n")))
            else:
                self._answer(404, b"/metrics, /livez and /readyz are here\n")

        def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: it is asked every few seconds."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise ConfigurationError(f"port {port} cannot be served on: {error.strerror}") from None
    server.daemon_threads = True
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _figures() -> Callable[[], bytes]:
    """What gives all figures as Prometheus reads them."""
    try:
        from opentelemetry import metrics
        from opentelemetry.exporter.prometheus import PrometheusMetricReader
        from opentelemetry.sdk.metrics import MeterProvider
        from prometheus_client import generate_latest
    except ImportError as error:
        raise ConfigurationError(
            f"{error.name} is missing: pip install 'portwright-runtime[metrics]'"
        ) from None
    if not isinstance(metrics.get_meter_provider(), MeterProvider):
        metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
        telemetry.forget()
    return generate_latest
