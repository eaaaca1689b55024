"""Events of OpenLineage: a run of the job `<contract>.<object>` for each try at a load, whose
output is the table (openlineage.io/docs/spec).

No value of a row is in them: of an error that is not the runtime's own, only the type is told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from openlineage.client import OpenLineageClient, facet_v2
from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.uuid import generate_new_uuid

from portwright_runtime.errors import PortwrightError
from portwright_runtime.loading.audit import every_rule
from portwright_runtime.loading.watching import Loading
from portwright_runtime.version import __version__

_PRODUCER: Final = f"urn:portwright-runtime:{__version__}"
_BY: Final[dict[str, Any]] = {"producer": _PRODUCER}
# Seconds for what was sent in the background to arrive.
_LAST: Final = 5.0


class RunEvents:
    """What is told of one try at a load."""

    def __init__(self, loading: Loading) -> None:
        self._loading = loading
        self._client = OpenLineageClient()
        self._run = str(generate_new_uuid())

    def began(self) -> None:
        """Sends START."""
        self._emit(RunState.START, None)

    def ended(self, error: BaseException | None) -> None:
        """Sends COMPLETE, or FAIL, or ABORT where the process was told to stop."""
        if error is None:
            self._emit(RunState.COMPLETE, None)
        else:
            failed = RunState.FAIL if isinstance(error, Exception) else RunState.ABORT
            self._emit(failed, error)

    def close(self) -> None:
        """Waits for what is sent in the background."""
        self._client.close(_LAST)

    def _emit(self, state: RunState, error: BaseException | None) -> None:
        table = self._loading.table
        job = Job(
            os.environ.get("OPENLINEAGE_NAMESPACE") or "default",
            f"{table.contract}.{table.object}",
            {"jobType": facet_v2.job_type_job.JobTypeJobFacet("BATCH", "PORTWRIGHT", "JOB", **_BY)},
        )
        self._client.emit(
            RunEvent(
                eventTime=datetime.now(UTC).isoformat(),
                producer=_PRODUCER,
                eventType=state,
                run=Run(self._run, dict(_run_facets(self._loading, error))),
                job=job,
                outputs=[_output(self._loading)],
            )
        )


def _run_facets(
    loading: Loading, error: BaseException | None
) -> Iterator[tuple[str, facet_v2.RunFacet]]:
    if loading.day is not None:
        start = datetime.combine(loading.day, time(), UTC)
        end = start + timedelta(days=1)
        yield (
            "nominalTime",
            facet_v2.nominal_time_run.NominalTimeRunFacet(
                start.isoformat(), end.isoformat(), **_BY
            ),
        )
    # What Airflow and others set for the jobs that they start: namespace/name/run.
    parent = os.environ.get("OPENLINEAGE_PARENT_ID", "").rsplit("/", 2)
    if len(parent) == 3:
        namespace, name, run = parent
        facets = facet_v2.parent_run
        yield (
            "parent",
            facets.ParentRunFacet(facets.Run(run), facets.Job(namespace, name), **_BY),
        )
    if error is not None:
        said = str(error) if isinstance(error, PortwrightError) else type(error).__name__
        yield (
            "errorMessage",
            facet_v2.error_message_run.ErrorMessageRunFacet(said, "PYTHON", **_BY),
        )


def _output(loading: Loading) -> OutputDataset:
    """The table, and once it is loaded how many rows there were and what audits said."""
    table, load = loading.table, loading.load
    facets: dict[str, Any] = {"schema": _schema(loading), "tags": _tags(loading)}
    if assertions := list(_assertions(loading)):
        made = facet_v2.data_quality_assertions_dataset
        facets["dataQualityAssertions"] = made.DataQualityAssertionsDatasetFacet(assertions, **_BY)
    statistics: dict[str, Any] = {}
    if load is not None:
        version = facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(load.load_id, **_BY)
        facets["version"] = version
        if load.status == "published":
            counts = facet_v2.output_statistics_output_dataset
            statistics["outputStatistics"] = counts.OutputStatisticsOutputDatasetFacet(
                load.rows, **_BY
            )
    namespace, name = loading.warehouse.dataset(table)
    return OutputDataset(namespace, name, facets=facets, outputFacets=statistics)


def _schema(loading: Loading) -> facet_v2.schema_dataset.SchemaDatasetFacet:
    made = facet_v2.schema_dataset
    fields = [
        made.SchemaDatasetFacetFields(each.name, str(each.type), ordinal_position=place)
        for place, each in enumerate(loading.table.arrow_schema, 1)
    ]
    return made.SchemaDatasetFacet(fields, **_BY)


def _tags(loading: Loading) -> facet_v2.tags_dataset.TagsDatasetFacet:
    table, made = loading.table, facet_v2.tags_dataset
    told = {"contract": table.contract, "contract_version": table.version}
    tags = [made.TagsDatasetFacetFields(key, value, "CONTRACT") for key, value in told.items()]
    return made.TagsDatasetFacet(tags, **_BY)


def _assertions(
    loading: Loading,
) -> Iterator[facet_v2.data_quality_assertions_dataset.Assertion]:
    """The rules that were broken, and once all were asked those that held."""
    columns = {each.property: each.name for each in loading.table.columns}
    broken = {(each.path, each.rule): each for each in loading.findings}
    asked = {
        key: None
        for key in every_rule(loading.table, whole=loading.terms.mode == "replace")
        if loading.step == "publish"
    }
    for path, rule in {**asked, **dict.fromkeys(broken)}:
        finding = broken.get((path, rule))
        yield facet_v2.data_quality_assertions_dataset.Assertion(
            rule,
            finding is None,
            columns.get(path.partition(".")[0]),
            None if finding is None else "error" if finding.blocks else "warn",
        )
