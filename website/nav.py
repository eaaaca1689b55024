"""Which pages the site has, and in which order: to learn, to do, to look up, to understand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# Section → title → page. Pages are those of `docs`, of the root (`project/…`) or of the reference.
NAV: dict[str, dict[str, str]] = {
    "Start": {
        "Portwright": "index.md",
        "Tutorial": "tutorial.md",
    },
    "Guides": {
        "Start in a repository": "starting.md",
        "Write a contract": "contract.md",
        "Every day": "everyday.md",
        "Load tables": "tables.md",
        "Choose a warehouse": "warehouses.md",
        "Publish and consume streams": "streams.md",
        "Topics and who may use them": "topics.md",
        "Tables from streams": "tables-from-streams.md",
        "Metrics": "metrics.md",
        "Watch what is promised": "slos.md",
        "Erase a person": "erasure.md",
        "Migrate tables": "migrations.md",
        "Who may read what": "access.md",
        "Keep values of persons": "privacy.md",
        "Pages for consumers": "pages.md",
        "Catalogues": "catalogues.md",
        "Pages elsewhere": "pages-elsewhere.md",
        "Check in CI": "ci.md",
        "Set up editors": "editors.md",
        "Upgrade": "upgrading.md",
        "Customise what is generated": "customising.md",
        "Rules for all repositories": "platform.md",
        "Many contracts": "monorepos.md",
        "In sight": "report.md",
    },
    "Reference": {
        "Commands": "reference/commands.md",
        "Commands of the runtime": "reference/runtime-commands.md",
        "portwright.yaml": "reference/config.md",
        "Targets": "reference/targets.md",
        "Types": "types.md",
        "Changes and whom they break": "changes.md",
        "Codes": "reference/codes.md",
        "Environment variables": "reference/variables.md",
        "Runtime API": "reference/api.md",
        "What the standard leaves open": "decisions.md",
    },
    "Explanation": {
        "Design": "design.md",
        "Guarantees": "guarantees.md",
        "Beside datacontract-cli": "peers.md",
        "Changes beside other tools": "changes-beside-peers.md",
        "Real contracts": "real-contracts.md",
    },
    "Project": {
        "Readme": "project/readme.md",
        "Architecture": "project/architecture.md",
        "Contributing": "project/contributing.md",
        "Changelog": "project/changelog.md",
        "Decisions": "adr/index.md",
    },
}


def pages() -> Iterator[str]:
    """All pages of the site's navigation."""
    for section in NAV.values():
        yield from section.values()


def as_toml(folder: Path) -> str:
    """`nav` as the builder reads it; the program ends where a page is not in the folder."""
    lines = []
    for section, entries in NAV.items():
        missing = [page for page in entries.values() if not (folder / page).exists()]
        if missing:
            raise SystemExit(
                f"the navigation names what is not there: {', '.join(sorted(missing))}"
            )
        inside = ", ".join(f'{{ "{title}" = "{page}" }}' for title, page in entries.items())
        lines.append(f'  {{ "{section}" = [{inside}] }},')
    return "nav = [\n" + "\n".join(lines) + "\n]\n"
