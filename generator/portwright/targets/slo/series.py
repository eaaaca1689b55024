"""Series: what the runtime measures of an object, as selectors of Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portwright.model import Model, Object
from portwright.targets.slo.promql import Labels, number, one_of, selector

# The upper bounds of the runtime's histogram of latencies, in seconds.
BUCKETS: Final = tuple(
    map(
        Decimal,
        "0.05 0.1 0.25 0.5 1 2.5 5 10 15 30 60 120 300 600 900 1800 3600 7200 14400 21600 43200"
        " 86400".split(),
    )
)
# How an event gets to the stream: from the service itself, or by the outbox.
_STAGES: Final = one_of("stage", "publish", "relay")
_RANGE: Final = "[{{window}}]"


@dataclass(frozen=True, slots=True)
class Series:
    """The series of one object. A rate is over `[{{window}}]`, which `over` replaces."""

    model: Model
    object: Object
    select: Labels

    def sent(self, *matchers: str) -> str:
        """Messages sent, a second."""
        of_it = ('messaging_operation_name="send"', *matchers)
        return self._rate(self._topic("messaging_client_sent_messages_total", *of_it))

    def consumed(self, *matchers: str) -> str:
        return self._topic("messaging_client_consumed_messages_total", *matchers)

    def delivered(self) -> str:
        """Events delivered, a second."""
        return self._rate(self._topic("portwright_delivery_latency_seconds_count", _STAGES))

    def delivered_within(self, bucket: Decimal) -> str:
        """Events that took no longer than a bucket, a second. Prometheus 3 and Python write the
        bound 300 as 300.0, Prometheus 2 as it comes."""
        bound = number(bucket)
        le = one_of("le", bound) if "." in bound else one_of("le", bound, f"{bound}.0")
        return self._rate(self._topic("portwright_delivery_latency_seconds_bucket", _STAGES, le))

    def latency_quantile(self, share: float) -> str:
        """The seconds within which this share of events is in the stream."""
        of_it = self._topic("portwright_delivery_latency_seconds_bucket", _STAGES)
        return f"histogram_quantile({share}, sum by (le) (rate({of_it}{_RANGE})))"

    def newest_event(self) -> str:
        """The Unix time of the newest event in the stream."""
        return f"max({self._topic('portwright_delivery_newest_seconds', _STAGES)})"

    def invalid(self) -> str:
        """Records refused as not of the contract, a second."""
        return self._rate(self.of_object("portwright_records_invalid_total"))

    def rows(self, *matchers: str) -> str:
        """Rows of loads, a second; where nothing counts them, as of loads whose process ends with
        them, those of the last load."""
        counted = self._rate(self.of_object("portwright_load_rows_total", *matchers))
        last = self.of_object("portwright_load_last_rows", *matchers)
        return f"({counted} or sum(avg_over_time({last}{_RANGE})))"

    def loaded(self) -> str:
        """The Unix time at which a load last ended well."""
        return f"max({self.of_object('portwright_load_last_success_seconds')})"

    def newest_row(self) -> str:
        """The Unix time of the newest value in the table."""
        return f"max({self.of_object('portwright_load_newest_seconds')})"

    def of_object(self, metric: str, *matchers: str) -> str:
        labels = (
            ("portwright_contract", self.model.name),
            ("portwright_object", self.object.name),
            ("portwright_major", str(self.model.major)),
        )
        return selector(metric, (*labels, *self.select), *matchers)

    def outbox(self, metric: str) -> str:
        """A figure of the outbox: of the topic, or of all where a relay does not tell them."""
        topic = one_of("messaging_destination_name", "", self.object.topic)
        return f"max({selector(metric, self.select, topic)})"

    def _topic(self, metric: str, *matchers: str) -> str:
        topic = ("messaging_destination_name", self.object.topic)
        return selector(metric, (topic, *self.select), *matchers)

    def _rate(self, chosen: str) -> str:
        return f"sum(rate({chosen}{_RANGE}))"


def over(expression: str, window: str) -> str:
    """The expression over a window such as `5m`."""
    return expression.replace("{{window}}", window)
