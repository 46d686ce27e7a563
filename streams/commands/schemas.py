"""``headwater schemas``: what consumers can rely on, shown or sent to a schema registry."""

from __future__ import annotations

import os

import click

from streams.commands.printing import columns, hung
from streams.contracts.contract import CONTRACTS
from streams.contracts.files import contract_files, json_text
from streams.contracts.registry import RegistryError
from streams.contracts.registry import push as push_all
from streams.rejected.letters import plain

_FILES = {name: schema for contract in CONTRACTS for name, schema in contract.schemas.items()}
_NAME_COLUMNS = 2 + max(map(len, _FILES))
_AUTHORIZATION = "SCHEMA_REGISTRY_AUTHORIZATION"


@click.group()
def schemas() -> None:
    """The schemas of what consumers read: show them, or send them to a schema registry."""


@schemas.command()
@click.argument("name", type=click.Choice(["asyncapi.yaml", *_FILES]), required=False)
def show(name: str | None) -> None:
    """Print the schema NAME, or without a name the list of schemas."""
    if name is None:
        for contract in CONTRACTS:
            for file, schema in contract.schemas.items():
                click.echo(_listed(file, schema["title"], schema.get("$id")))
        click.echo(_listed("asyncapi.yaml", "All topics, headers, keys and examples, as AsyncAPI 3.1"))
    elif name in _FILES:
        click.echo(json_text(_FILES[name]), nl=False)
    else:
        click.echo(contract_files()[name], nl=False)


def _listed(name: str, title: str, identity: str | None = None) -> str:
    """A schema in lines of the terminal's width: its name and title, and the id that ``ce_dataschema`` has."""
    return "\n".join(hung(f"{name:<{_NAME_COLUMNS}}", title + (f" ({identity})" if identity else ""), columns()))


@schemas.command()
@click.argument("url")
@click.option("--group", default="default", show_default=True, help="Apicurio's group.")
def push(url: str, group: str) -> None:
    """Send the schemas of the topics' values to the schema registry at URL.

    URL is Confluent's API or a compatible one (http://host:8081), or Apicurio's own (http://host:8080/apis/registry/v3, or v2).
    Confluent's subjects get the compatibility FORWARD, which is Headwater's own rule. The content of
    SCHEMA_REGISTRY_AUTHORIZATION is sent as the header Authorization ("Bearer …"); a user and password may be in the URL.
    """
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("URL must begin with http:// or https://")
    try:
        for pushed in push_all(url, os.environ.get(_AUTHORIZATION), group):
            click.echo(f"{pushed.subject}: {pushed.answer}")
    except RegistryError as error:
        raise click.ClickException(plain(str(error))) from error
