"""Rules of Prometheus, played: they fire when they must, are silent when not, and clear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from portwright.model import Model, Port, SlaProperty, String, Timestamp
from portwright.render import dump_yaml
from portwright.targets.slo import Slo
from support import corpus, slo_models
from support.models import a_model, an_object, field
from support.prometheus import check_rules, play_rules

ORDERS = an_object("orders", "order", field("id", String()), field("at", Timestamp()))
EVENTS = replace(ORDERS, name="events", topic="events", ports=(Port.STREAM,))
MODEL = a_model(
    ORDERS,
    EVENTS,
    sla=(
        SlaProperty("latency", 5, "min", "", "orders", seconds=Decimal(300)),
        SlaProperty("freshness", 1, "h", "", "orders.at", seconds=Decimal(3600)),
        SlaProperty("availability", Decimal("99.9"), "%", "", "orders"),
        SlaProperty("errorRate", 1, "%", "", "orders"),
        SlaProperty("frequency", 2, "h", "", "orders,events", seconds=Decimal(7200)),
        SlaProperty("timeOfAvailability", "02:00Z", None, "", "orders", "regulatory"),
    ),
)
TOPIC = 'messaging_destination_name="orders"'
TABLE = f'portwright_contract="{MODEL.name}",portwright_object="orders",portwright_major="1"'
_TOOK = "portwright_delivery_latency_seconds"
_SENT = f'messaging_client_sent_messages_total{{{TOPIC},messaging_operation_name="send"'
_LOADED = f"portwright_load_last_success_seconds{{{TABLE}}}"
_NEXT_LOADED = _LOADED.replace('major="1"', 'major="2"')
_PUBLISHED = 'portwright_delivery_newest_seconds{messaging_destination_name="events",stage="relay"}'


@dataclass(frozen=True)
class Play:
    """Series, a sample each minute, and how many alerts of a name fire at which minute."""

    alert: str
    slo: str
    series: dict[str, str]
    firing: dict[int, int]


FAST, SLOW = "PortwrightBudgetBurnsFast", "PortwrightBudgetBurnsSlow"
# From minute 60 to 120, nothing is good.
_GOOD_BUT_FOR_AN_HOUR = "0+60x60 3600x60 3600+60x600"
_BAD_FOR_AN_HOUR = "0x60 0+60x60 3600x600"
LATE = {
    f'{_TOOK}_count{{{TOPIC},stage="relay"}}': "0+60x720",
    f'{_TOOK}_bucket{{{TOPIC},stage="relay",le="300.0"}}': _GOOD_BUT_FOR_AN_HOUR,
}
AS_INTEGER = {name.replace("300.0", "300"): each for name, each in LATE.items()}
ANOTHER = {name.replace("orders", "others"): each for name, each in LATE.items()}
UNSENT = {f"{_SENT}}}": "0+60x720", f'{_SENT},error_type="E"}}': _BAD_FOR_AN_HOUR}
REFUSED = {
    f"{_SENT}}}": "0+60x720",
    f"portwright_records_invalid_total{{{TABLE}}}": _BAD_FOR_AN_HOUR,
}
REJECTED = {
    f'portwright_load_rows_total{{{TABLE},portwright_outcome="written"}}': "0+60x720",
    f'portwright_load_rows_total{{{TABLE},portwright_outcome="rejected"}}': _BAD_FOR_AN_HOUR,
}
# As a metrics file tells: of the load at minute 60, half of the rows are bad, of the next none.
_LAST_ROWS = f"portwright_load_last_rows{{{TABLE},portwright_outcome="
LAST_REJECTED = {
    f'{_LAST_ROWS}"written"}}': "10x59 5x59 10x600",
    f'{_LAST_ROWS}"rejected"}}': "0x59 5x59 0x600",
}
# The newest value is as old as can be until minute 200, when one of minute 180 comes.
OLD = "0x199 10800+60x400"
BURNT = {55: 0, 75: 1, 115: 1, 300: 0}
PLAYS = [
    Play(FAST, "orders-stream-latency", LATE, BURNT),
    Play(FAST, "orders-stream-latency", AS_INTEGER, BURNT),
    Play(FAST, "orders-stream-latency", ANOTHER, {75: 0, 115: 0}),
    Play(SLOW, "orders-stream-latency", LATE, {55: 0, 115: 1, 200: 1, 550: 0}),
    Play(FAST, "orders-stream-latency", {next(iter(LATE)): "0+60x90"}, {30: 1}),
    Play(FAST, "orders-stream-availability", UNSENT, BURNT),
    Play(FAST, "orders-stream-error-rate", REFUSED, BURNT),
    Play(FAST, "orders-stream-error-rate", {f"{_SENT}}}": "0+60x200"}, {90: 0, 180: 0}),
    Play(FAST, "orders-table-error-rate", REJECTED, BURNT),
    Play(FAST, "orders-table-error-rate", LAST_REJECTED, BURNT),
    Play(
        FAST,
        "orders-table-freshness",
        {f"portwright_load_newest_seconds{{{TABLE}}}": OLD},
        {58: 0, 90: 1, 190: 1, 260: 0},
    ),
    Play(
        FAST,
        "orders-stream-freshness",
        {f'portwright_delivery_newest_seconds{{{TOPIC},stage="publish"}}': OLD},
        {58: 0, 90: 1, 190: 1, 260: 0},
    ),
    Play(
        FAST,
        "orders-table-availability",
        {_LOADED: "0x199 12000x60"},
        {118: 0, 150: 1, 190: 1, 250: 0},
    ),
    Play("PortwrightNotLoaded", "", {_LOADED: "0x199 12000x60"}, {118: 0, 140: 1, 198: 1, 201: 0}),
    Play("PortwrightLoadUnknown", "", {_LOADED: "_x200 12000x60"}, {60: 0, 150: 1, 205: 0}),
    Play("PortwrightLoadUnknown", "", {_LOADED: "0x300"}, {60: 0, 290: 0}),
    # What another major version loads is of its own table.
    Play("PortwrightLoadUnknown", "", {_NEXT_LOADED: "0x300"}, {60: 0, 290: 1}),
    Play("PortwrightNotLoaded", "", {_LOADED: "0x300", _NEXT_LOADED: "0+60x300"}, {290: 1}),
    # At 02:00 of the second day (minute 1560) there has to be a load of the day before it.
    Play(
        "PortwrightNotThereInTime",
        "",
        {_LOADED: "0x1619 97200x120"},
        {200: 0, 1559: 0, 1565: 1, 1625: 0},
    ),
    Play("PortwrightNotThereInTime", "", {_LOADED: "0x1499 90000x300"}, {200: 0, 1565: 0, 1700: 0}),
    Play(
        "PortwrightOutboxStuck",
        "",
        {"portwright_outbox_oldest_seconds": "1x60 301+60x30 0x60"},
        {58: 0, 63: 0, 75: 2, 95: 0},
    ),
    Play(
        "PortwrightOutboxStuck",
        "",
        {f"portwright_outbox_oldest_seconds{{{TOPIC}}}": "301+60x60"},
        {3: 0, 20: 1},
    ),
    Play(
        "PortwrightOutboxDead",
        "",
        {"portwright_outbox_dead": "0x30 1x30 0x30"},
        {29: 0, 50: 2, 65: 0},
    ),
    Play(
        "PortwrightDeadLetters",
        "",
        {
            f"messaging_client_consumed_messages_total{{{TOPIC},messaging_consumer_group_name='g',"
            "portwright_outcome='dead-lettered'}": "0x30 1x200"
        },
        {29: 0, 40: 1, 120: 0},
    ),
    Play(
        "PortwrightRelayDown",
        "",
        {"portwright_relay_up": "1x30 stale _x30 1x60"},
        {29: 0, 50: 1, 80: 0},
    ),
    Play(
        "PortwrightRelayDown", "", {"portwright_relay_up": "1x30 0x30 1x60"}, {29: 0, 50: 1, 80: 0}
    ),
    Play("PortwrightRelayDown", "", {"up": "1x60"}, {50: 0}),
    Play(
        "PortwrightNothingPublished",
        "",
        {_PUBLISHED: OLD},
        {100: 0, 150: 1, 205: 0},
    ),
]


def rules(model: Model, folder: Path, **options: object) -> Path:
    """The file of rules of a model."""
    (file,) = Slo("prometheus", **options).emit(model)  # type: ignore[arg-type]
    path = folder / "made.rules.yml"
    path.write_text(file.text, "utf-8")
    return path


def _only(path: Path, group: str) -> Path:
    """The file with one group in it: the others take time and nothing else."""
    document = yaml.safe_load(path.read_text("utf-8"))
    document["groups"] = [each for each in document["groups"] if each["name"].endswith(f" {group}")]
    assert len(document["groups"]) == 1
    path.write_text(dump_yaml(document), "utf-8")
    return path


@pytest.mark.parametrize("play", PLAYS, ids=lambda each: f"{each.alert}-{each.slo}")
def test_an_alert_fires_when_it_must_and_clears(play: Play, tmp_path: Path) -> None:
    slo = f',slo="{play.slo}"' if play.slo else ""
    chosen = f'ALERTS{{alertname="{play.alert}",alertstate="firing"{slo}}}'
    asked = [
        {
            "expr": f"count({chosen}) or vector(0)",
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": "{}", "value": count}],
        }
        for minute, count in play.firing.items()
    ]
    series = [{"series": name, "values": values} for name, values in play.series.items()]
    # Every five minutes: to look each minute takes five times as long, and finds the same.
    document = {
        "rule_files": [str(_only(rules(MODEL, tmp_path), play.slo or "alerts"))],
        "evaluation_interval": "5m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": asked}],
    }
    path = tmp_path / "test.yml"
    path.write_text(dump_yaml(document), "utf-8")
    assert play_rules(path) == ""


def test_every_kind_of_alert_is_played(tmp_path: Path) -> None:
    text = rules(MODEL, tmp_path).read_text("utf-8")
    made = {line.split()[-1] for line in text.splitlines() if line.strip().startswith("- alert:")}
    assert made == {each.alert for each in PLAYS}


@pytest.mark.parametrize("text", slo_models.HOSTILE)
def test_user_text_is_shown_as_it_is(text: str, tmp_path: Path) -> None:
    model = slo_models.hostile(text)
    path = rules(model, tmp_path, severities={"default": text}, labels={"x": text})
    assert check_rules(path) == ""
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if "\u202e" in text:
        shown = text.replace("\u202e", "\\u202e")
    series = [{"series": "portwright_relay_up", "values": "0x30"}]
    alert = {
        "exp_labels": {
            **{"contract": shown, "contract_name": shown, "major": "1", "domain": shown},
            **{"team": shown, "x": text, "severity": text},
        },
        "exp_annotations": {
            "summary": "no relay empties the outbox",
            "support": f"{shown} {shown} {shown} ({shown})",
        },
    }
    asked = {"eval_time": "20m", "alertname": "PortwrightRelayDown", "exp_alerts": [alert]}
    document = {
        "rule_files": [str(path)],
        "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": [asked]}],
    }
    test = tmp_path / "test.yml"
    test.write_text(dump_yaml(document), "utf-8")
    assert play_rules(test) == ""


def test_prometheus_takes_the_rules_of_all_cases(tmp_path: Path) -> None:
    assert _faults(slo_models.ours(), tmp_path) == ""


@corpus.needed
def test_prometheus_takes_the_rules_of_all_contracts_of_others(tmp_path: Path) -> None:
    assert _faults(dict(corpus.models()), tmp_path) == ""


def _faults(models: dict[str, Model], folder: Path) -> str:
    """What promtool finds fault with in the rules of all models."""
    written = []
    for name, model in models.items():
        for file in Slo("prometheus").emit(model):
            written.append(folder / f"{len(written)}.yml")
            written[-1].write_text(f"# {name}\n{file.text}", "utf-8")
    assert written
    return check_rules(*written)
