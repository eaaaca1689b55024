# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def patient(row: Mapping[str, Any]) -> models.Patient:
    return models.Patient(
        patient_id=row["patient_id"],  # int of 64 bits
        insurance_no=row["insurance_no"],  # str
        email=row["email"],  # str (email), or None
        born_on=row["born_on"],  # date, or None
        blood_group=row["blood_group"],  # PatientBloodGroup: "0" | "A" | "B" | ...
        city=row["city"],  # str, or None
        contacts=tuple(patient_contact(item) for item in row["contacts"]),
        readings=row["readings"],  # mapping of str to Decimal(8, 3)
    )


def patient_contact(row: Mapping[str, Any]) -> models.PatientContact:
    return models.PatientContact(
        full_name=row["full_name"],  # str
        phone=row["phone"],  # str, or None
        relation=row["relation"],  # str, or None
    )


def visit(row: Mapping[str, Any]) -> models.Visit:
    return models.Visit(
        visit_id=row["visit_id"],  # UUID
        patient_id=row["patient_id"],  # int of 64 bits
        visited_at=row["visited_at"],  # datetime with a time zone
    )
