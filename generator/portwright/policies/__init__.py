"""Policies: what a platform team asks of contracts, a function a policy, switched on by the config.

Findings are let pass by the contract itself, at the place, with a reason."""

from portwright.model.policies import CLASSIFICATIONS
from portwright.policies.judging import Allowed, Judged, dated, judge, without_replaced
from portwright.policies.policy import (
    Finding,
    Option,
    Policies,
    Policy,
    Setting,
)
from portwright.policies.table import BY_NAME, POLICIES

__all__ = [
    "BY_NAME",
    "CLASSIFICATIONS",
    "POLICIES",
    "Allowed",
    "Finding",
    "Judged",
    "Option",
    "Policies",
    "Policy",
    "Setting",
    "dated",
    "judge",
    "without_replaced",
]
