# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def loan(row: Mapping[str, Any]) -> models.Loan:
    return models.Loan(
        book_id=row["book_id"],  # int of 64 bits
        member_id=row["member_id"],  # int of 64 bits
        lent_on=row["lent_on"],  # date
        returned_on=row["returned_on"],  # date, or None
    )


def book(row: Mapping[str, Any]) -> models.Book:
    return models.Book(
        id=row["id"],  # int of 64 bits
        isbn=row["isbn"],  # str
        title=row["title"],  # str
        authors=(
            None
            if row["authors"] is None
            else tuple(book_author(item) for item in row["authors"])
        ),
        editors=(
            None
            if row["editors"] is None
            else tuple(book_editor(item) for item in row["editors"])
        ),
    )


def book_author(row: Mapping[str, Any]) -> models.BookAuthor:
    return models.BookAuthor(
        name=row["name"],  # str
        born=row["born"],  # date, or None
    )


def book_editor(row: Mapping[str, Any]) -> models.BookEditor:
    return models.BookEditor(
        name=row["name"],  # str
    )
