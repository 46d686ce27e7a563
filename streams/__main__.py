"""The command ``headwater``."""

from __future__ import annotations

import signal
from importlib import import_module
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from streams.heap import no_garbage

COMMANDS: Final = {
    "run": "Start Kafka and a worker, and show what comes out.",
    "worker": "Do the work: one member of the group.",
    "check": "Say whether a worker could start here, and why not.",
    "status": "Show members, partitions, lag, rates, last errors.",
    "console": "Show the stream on a page in the browser.",
    "topics": "Create the topics, and look at them.",
    "migrate": "Start over under another id, when partitions were altered.",
    "publish": "Publish articles from files.",
    "feeds": "Publish what is new in feeds.",
    "load-warc": "Publish the pages of web archives.",
    "ingest": "Take articles by HTTP.",
    "serve": "Serve articles as Atom, JSON Feed and events.",
    "webhook": "Send articles to a server, each a signed request.",
    "export": "Write articles into files, each exactly once.",
    "retract": "Take articles back.",
    "rejected": "Look at what was rejected, and replay it.",
    "broker": "Run an embedded Kafka by itself.",
    "pipe": "Run the whole pipeline without Kafka.",
    "enrich": "Clean and tag articles, one ninjs document each.",
    "explain": "Explain why an article came out as it did.",
    "language": "Compare language tags with langdetect's.",
    "tail": "Show what is in a topic, as it comes.",
    "trace": "Show where an article is and has been.",
    "bench": "Measure it.",
    "schemas": "Show the documents' schemas, or put them into a registry.",
    "settings": "Show what is set, from where, and what it means.",
}
"""Each command in the order of the help, with what it does, so that the help imports none of them."""


class _Commands(click.Group):
    """Commands that are imported when they run: each one is in ``streams.commands.<name>``, with "_" for "-"."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        with no_garbage():
            command: click.Command = getattr(import_module(f"streams.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = [CompletionItem(name, help=does) for name, does in COMMANDS.items() if name.startswith(incomplete)]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            resolved = super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # noqa: PLC0415 - 3 ms, for mistakes only

            if near := get_close_matches(args[0], COMMANDS, n=1):
                error.message += f" Did you mean '{near[0]}'?"
            raise
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # after the imports, commands clean up on Ctrl-C themselves
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return resolved

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; steps that conflict are an error in one line, because it names them."""
        from streams.steps import StepsConflictError  # noqa: PLC0415 - the help does without

        try:
            return super().invoke(ctx)
        except StepsConflictError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="headwater-news", prog_name="headwater")
def main() -> None:
    """News articles on Kafka: cleaned, deduplicated, tagged, exactly once.

    `headwater run` shows it all with a Kafka of its own. Everything is set by variables HEADWATER_…, in the environment or in a
    file `.env`; `headwater settings` lists them.
    """


if __name__ == "__main__":
    import_module("streams.entry").main()
