# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def up_import_os(row: Mapping[str, Any]) -> models.UpImportOs:
    return models.UpImportOs(
        id_DROP_TABLE_z=row['id"; DROP TABLE z; --'],  # str
        a_b=row["a*/b"],  # str, or None
        class_=row["__class__"],  # str, or None
        x=row["{{ x }}"],  # str, or None
        pattern=row["pattern"],  # str, or None
        # UpImportOsKind: "'; DROP TABLE x; --" | '"""' | "a\nb" | ..., or None
        kind=row["kind"],
    )
