"""The reference of environment variables. A test compares it with what the code names."""

from __future__ import annotations

from website.text import table

GENERATOR = {
    "PORTWRIGHT_REGISTRY": "url of the schema registry of `portwright register`",
    "PORTWRIGHT_ACCESS_URL": "url of the system whose rights `portwright access` reads",
    "PORTWRIGHT_KAFKA_…": "a setting of the Kafka client of `portwright access`",
    "PORTWRIGHT_KAFKA_CONFIG": "a file of settings of the same client",
    "PORTWRIGHT_CACHE": "folder of the cache, `off` for none; by default, the user's",
    "SOURCE_DATE_EPOCH": "the day that a run takes for today, in seconds since 1970"
    " (reproducible-builds.org), for runs that have to give the same again",
    "NO_COLOR": "no colour in what is printed, where it is set; without it, there is colour at a"
    " terminal",
    "FORCE_COLOR": "colour also where there is no terminal; `CLICOLOR_FORCE` says the same",
    "CLICOLOR_FORCE": "as `FORCE_COLOR`",
    "CLICOLOR": "`0` for no colour",
}
RUNTIME = {
    "PORTWRIGHT_STREAM": "where events go: `sqlite:FILE` (the default,"
    " below `.portwright/local`) or `kafka://HOST:PORT,…`",
    "PORTWRIGHT_WAREHOUSE": "where tables are: a url of one of the warehouses;"
    " a DuckDB file below `.portwright/local` by default",
    "PORTWRIGHT_REGISTRY": "url of the schema registry, or `none`; needed with Kafka",
    "PORTWRIGHT_REGISTRY_…": "an option of the registry's client, with `_` for each point:"
    " `PORTWRIGHT_REGISTRY_SSL_CA_LOCATION` is `ssl.ca.location`",
    "PORTWRIGHT_WIRE": "`prefix` (the default) writes the schema's number before the value,"
    " `header` into a header",
    "PORTWRIGHT_KAFKA_…": "a setting of the Kafka client, with `_` for each point:"
    " `PORTWRIGHT_KAFKA_SASL_USERNAME` is `sasl.username`",
    "PORTWRIGHT_KAFKA_CONFIG": "a file of settings of the Kafka client",
    "PORTWRIGHT_OUTBOX_DATABASE": "url of the database whose outbox `portwright-runtime relay`"
    " sends",
    "PORTWRIGHT_OUTBOX_TABLE": "name of the outbox's table",
    "PORTWRIGHT_ANONYMISE_KEY": "the key of hashes in anonymous records, of 16 bytes or more",
}
_TITLE = """\
# Environment variables

What a contract says as `${NAME}` is a variable of yours. All others are these.
"""


def page() -> str:
    """The page of all variables."""
    head = ("variable", "what it says")
    parts = [_TITLE]
    for title, known in (("The generator", GENERATOR), ("The runtime", RUNTIME)):
        rows = [(f"`{name}`", said) for name, said in known.items()]
        parts.append(f"## {title}\n\n{table(head, rows)}")
    parts.append(
        "[Choose a warehouse](../warehouses.md) and [Publish and consume streams](../streams.md)"
        " say what the urls may hold.\n"
    )
    return "\n".join(parts)
