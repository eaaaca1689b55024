# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def tree(row: Mapping[str, Any]) -> models.Tree:
    return models.Tree(
        id=row["id"],  # int of 64 bits
        branches=(
            None
            if row["branches"] is None
            else tuple(tree_branch(item) for item in row["branches"])
        ),
    )


def tree_branch(row: Mapping[str, Any]) -> models.TreeBranch:
    return models.TreeBranch(
        branch=None if row["branch"] is None else tree_branch_branch(row["branch"]),
    )


def tree_branch_branch(row: Mapping[str, Any]) -> models.TreeBranchBranch:
    return models.TreeBranchBranch(
        branches=(
            None
            if row["branches"] is None
            else tuple(tree_branch_branch_branch(item) for item in row["branches"])
        ),
    )


def tree_branch_branch_branch(row: Mapping[str, Any]) -> models.TreeBranchBranchBranch:
    return models.TreeBranchBranchBranch(
        branch=(
            None
            if row["branch"] is None
            else tree_branch_branch_branch_branch(row["branch"])
        ),
    )


def tree_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranch(
        branches=(
            None
            if row["branches"] is None
            else tuple(
                tree_branch_branch_branch_branch_branch(item)
                for item in row["branches"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranch(
        branch=(
            None
            if row["branch"] is None
            else tree_branch_branch_branch_branch_branch_branch(row["branch"])
        ),
    )


def tree_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranchBranch(
        branches=(
            None
            if row["branches"] is None
            else tuple(
                tree_branch_branch_branch_branch_branch_branch_branch(item)
                for item in row["branches"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranchBranchBranch(
        branch=(
            None
            if row["branch"] is None
            else tree_branch_branch_branch_branch_branch_branch_branch_branch(
                row["branch"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranchBranchBranchBranch(
        branches=(
            None
            if row["branches"] is None
            else tuple(
                tree_branch_branch_branch_branch_branch_branch_branch_branch_branch(
                    item
                )
                for item in row["branches"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranch(
        branch=(
            None
            if row["branch"] is None
            else tree_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch(
                row["branch"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranchBranch(
        branches=(
            None
            if row["branches"] is None
            else tuple(
                tree_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch(
                    item
                )
                for item in row["branches"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranchBranchBranch:
    return models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranchBranchBranch(
        branch=(
            None
            if row["branch"] is None
            else tree_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch(
                row["branch"]
            )
        ),
    )


def tree_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch_branch(
    row: Mapping[str, Any],
) -> (
    models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranchBranchBranchBranch
):
    return models.TreeBranchBranchBranchBranchBranchBranchBranchBranchBranchBranchBranchBranch(
        leaf=row["leaf"],  # str
    )
