"""The service's own SQLite database: grown over the years and named by whoever came first."""

from __future__ import annotations

import random
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

SCHEMA = """
CREATE TABLE client (id INTEGER PRIMARY KEY, mail TEXT);
CREATE TABLE basket (
    id INTEGER PRIMARY KEY,
    public_ref TEXT NOT NULL UNIQUE,
    client_id INTEGER NOT NULL REFERENCES client,
    state INTEGER NOT NULL,           -- 0 open, 1 paid, 2 sent, 9 stopped
    cents INTEGER NOT NULL,
    ccy TEXT NOT NULL,
    created INTEGER NOT NULL,         -- seconds since 1970
    card_text TEXT,
    campaign TEXT
);
CREATE TABLE basket_row (
    basket_id INTEGER NOT NULL REFERENCES basket,
    pos INTEGER NOT NULL,
    article TEXT NOT NULL,
    n INTEGER NOT NULL,
    cents INTEGER NOT NULL,
    rebate_cents INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (basket_id, pos)
);
CREATE TABLE money_back (
    id INTEGER PRIMARY KEY,
    basket_id INTEGER NOT NULL REFERENCES basket,
    cents INTEGER NOT NULL,
    why TEXT NOT NULL,                -- d, r or g
    at INTEGER NOT NULL,
    booked TEXT
);
"""


def connect(path: Path | str) -> sqlite3.Connection:
    """A connection whose rows are read by column name."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


def fill(connection: sqlite3.Connection, count: int, seed: int = 7) -> None:
    """Makes the tables and invents `count` paid baskets and a refund for every tenth of them."""
    chance = random.Random(seed)
    connection.executescript(SCHEMA)
    for number in range(1, count + 1):
        lines = [
            (number, pos, f"SKU-{chance.randrange(1000):03}", chance.randint(1, 4), price, rebate)
            for pos in range(chance.randint(1, 4))
            for price in [chance.randint(199, 19999)]
            for rebate in [chance.choice([0, 0, 0, 50])]
        ]
        total = sum(n * cents - rebate for _, _, _, n, cents, rebate in lines)
        created = 1_790_000_000 + number * 37
        connection.execute(
            "INSERT INTO client VALUES (?, ?)", (number, f"customer{number}@example.org")
        )
        connection.execute(
            "INSERT INTO basket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                number,
                chance.choice([1, 1, 1, 2, 9]),
                total,
                "EUR",
                created,
                "Happy birthday!" if number % 25 == 0 else None,
                chance.choice([None, "autumn"]),
            ),
        )
        connection.executemany("INSERT INTO basket_row VALUES (?, ?, ?, ?, ?, ?)", lines)
        if number % 10 == 0:
            connection.execute(
                "INSERT INTO money_back VALUES (?, ?, ?, ?, ?, ?)",
                (number, number, total // 2 + 1, chance.choice("drg"), created + 86_400, None),
            )
    connection.commit()


def paid_baskets(connection: sqlite3.Connection) -> Iterator[tuple[sqlite3.Row, list[sqlite3.Row]]]:
    """Every paid basket with its client's columns, and its rows in order."""
    baskets = connection.execute(
        "SELECT basket.*, client.mail FROM basket JOIN client ON client.id = client_id"
        " WHERE state <> 0 ORDER BY basket.id"
    )
    for basket in baskets:
        rows = connection.execute(
            "SELECT * FROM basket_row WHERE basket_id = ? ORDER BY pos", (basket["id"],)
        )
        yield basket, rows.fetchall()


def refunds(connection: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Every refund with the public reference of its basket."""
    yield from connection.execute(
        "SELECT money_back.*, basket.public_ref FROM money_back"
        " JOIN basket ON basket.id = basket_id ORDER BY money_back.id"
    )
