"""What metrics cost: publishing through a port without an SDK of OpenTelemetry, and with one.

The stream is in memory, so that what is measured is the port's own work and no broker's, in time of
the processor. Each side by turns, in a process of its own; the median counts.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time

from checkout import database
from checkout_port import CheckoutPort, mapping

from portwright_runtime import MemoryStream

COUNT = int(os.environ.get("PORTWRIGHT_BENCH_COUNT", "20000"))
ROUNDS = 5
SIDES = ("without an SDK", "with metrics")


def publish(side: str) -> float:
    """Microseconds a record."""
    if side == "with metrics":
        from opentelemetry import metrics
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import InMemoryMetricReader

        metrics.set_meter_provider(MeterProvider(metric_readers=[InMemoryMetricReader()]))
    source = database.connect(":memory:")
    database.fill(source, COUNT)
    orders = [mapping.order(*basket) for basket in database.paid_baskets(source)]
    with CheckoutPort.open(MemoryStream()) as port:
        for each in orders[:500]:
            port.orders.publish(each)
        gc.collect()
        gc.freeze()
        start = time.process_time()
        for each in orders:
            port.orders.publish(each)
        return (time.process_time() - start) / len(orders) * 1e6


def main() -> None:
    """Prints microseconds a record of both sides, and what is between them."""
    if sys.argv[-1] in SIDES:  # a process of ours
        print(publish(sys.argv[-1]))
        return
    figures: dict[str, list[float]] = {side: [] for side in SIDES}
    for number in range(ROUNDS):
        for side in SIDES if number % 2 else reversed(SIDES):
            words = [sys.executable, "-m", "bench.metrics", side]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            figures[side].append(float(done.stdout))
    without, counted = (statistics.median(figures[side]) for side in SIDES)
    for side in SIDES:
        print(f"publish, {side:<16} {statistics.median(figures[side]):6.1f} µs a record")
    print(f"metrics {counted - without:.1f} µs a record, ratio {counted / without:.2f}")


if __name__ == "__main__":
    main()
