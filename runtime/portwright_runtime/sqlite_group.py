"""A member of a consumer group, in the tables of the embedded log.

A partition belongs to one member at a time. Members say regularly that they are
alive; each takes its share of the partitions, gives back what exceeds it, and takes
over what a silent one held. Only the holder of a partition stores its offset.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubscribedTopic:
    """A topic as the log knows it."""

    id: int
    name: str
    partitions: int


@dataclass(frozen=True, slots=True)
class Share:
    """Partitions that are a member's from now on: those it keeps, and those it did not have."""

    kept: frozenset[int]
    taken: frozenset[int]


@dataclass(frozen=True, slots=True)
class Membership:
    """One `member` of `group`; silent for `lease` seconds, it is dead.

    Every method is a part of the caller's transaction on `connection`.
    """

    group: str
    member: str
    lease: float

    def renew(self, connection: sqlite3.Connection) -> None:
        """Notes that the member lives."""
        connection.execute(
            "UPDATE members SET renewed = ?, lease = ? WHERE member = ?",
            (time.time(), self.lease, self.member),
        )

    def leave(self, connection: sqlite3.Connection) -> None:
        """Gives all back."""
        for table in ("leases", "members"):
            connection.execute(f"DELETE FROM {table} WHERE member = ?", (self.member,))

    def take_share(
        self, connection: sqlite3.Connection, topic: SubscribedTopic, busy: Set[int]
    ) -> Share:
        """The member's partitions of the topic, brought to its share.

        Those in `busy`, where something handed out is not committed, are not given back.
        """
        self._bury_the_dead(connection, topic)
        group = (self.group, topic.id)
        rows = connection.execute(
            "SELECT member FROM members WHERE consumer_group = ? AND topic_id = ? ORDER BY member",
            group,
        ).fetchall()
        owners: dict[int, str] = dict(
            connection.execute(
                "SELECT partition, member FROM leases WHERE consumer_group = ? AND topic_id = ?",
                group,
            ).fetchall()
        )
        whole, over = divmod(topic.partitions, len(rows))
        share = whole + (rows.index((self.member,)) < over)
        mine = {partition for partition, owner in owners.items() if owner == self.member}
        kept = [*sorted(mine & busy), *sorted(mine - busy)[: max(0, share - len(mine & busy))]]
        free = [each for each in range(topic.partitions) if each not in owners]
        taken = free[: max(0, share - len(kept))]
        connection.executemany(
            "DELETE FROM leases WHERE consumer_group = ? AND topic_id = ? AND partition = ?",
            [(*group, each) for each in mine.difference(kept)],
        )
        connection.executemany(
            "INSERT INTO leases VALUES (?, ?, ?, ?)",
            [(*group, each, self.member) for each in taken],
        )
        return Share(frozenset(kept), frozenset(taken))

    def next_offset(
        self, connection: sqlite3.Connection, topic: SubscribedTopic, partition: int
    ) -> int:
        """Where the group goes on in the partition."""
        row = connection.execute(
            "SELECT next_offset FROM offsets"
            " WHERE consumer_group = ? AND topic_id = ? AND partition = ?",
            (self.group, topic.id, partition),
        ).fetchone()
        return 0 if row is None else int(row[0])

    def commit(
        self, connection: sqlite3.Connection, topic: SubscribedTopic, partition: int, offset: int
    ) -> bool:
        """Whether the partition is still the member's; the offset is stored only then."""
        key = (self.group, topic.id, partition)
        owner = connection.execute(
            "SELECT member FROM leases WHERE consumer_group = ? AND topic_id = ? AND partition = ?",
            key,
        ).fetchone()
        if owner != (self.member,):
            return False
        connection.execute(
            "INSERT INTO offsets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET next_offset = max(next_offset, excluded.next_offset)",
            (*key, offset + 1),
        )
        return True

    def is_caught_up(self, connection: sqlite3.Connection, topic: SubscribedTopic) -> bool:
        """Whether the group has committed all that the topic holds."""
        row = connection.execute(
            "SELECT 1 FROM partitions LEFT JOIN offsets ON offsets.consumer_group = ?"
            " AND offsets.topic_id = partitions.topic_id"
            " AND offsets.partition = partitions.partition"
            " WHERE partitions.topic_id = ?"
            # Messages may have been taken out.
            " AND EXISTS (SELECT 1 FROM messages WHERE messages.topic_id = partitions.topic_id"
            " AND messages.partition = partitions.partition"
            " AND messages.offset >= coalesce(offsets.next_offset, 0)) LIMIT 1",
            (self.group, topic.id),
        ).fetchone()
        return row is None

    def _bury_the_dead(self, connection: sqlite3.Connection, topic: SubscribedTopic) -> None:
        """Notes that this member lives, and removes those whose lease is over."""
        where = {"group": self.group, "topic": topic.id, "now": time.time()}
        connection.execute(
            "INSERT OR REPLACE INTO members VALUES (:group, :topic, :member, :now, :lease)",
            where | {"member": self.member, "lease": self.lease},
        )
        # abs: a clock that was set back must not keep the dead alive.
        connection.execute(
            "DELETE FROM members WHERE consumer_group = :group AND topic_id = :topic"
            " AND abs(:now - renewed) >= lease",
            where,
        )
        connection.execute(
            "DELETE FROM leases WHERE consumer_group = :group AND topic_id = :topic AND member"
            " NOT IN (SELECT member FROM members"
            " WHERE consumer_group = :group AND topic_id = :topic)",
            where,
        )
