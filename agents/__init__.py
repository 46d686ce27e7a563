"""What acts on articles: one agent per file, each a thin shell around one pure decision.

::

    producers ──► news.raw            any key: JSON, HTML or plain text, as the producer has it
                     │  prepare       read, clean, fingerprint the headline           ──► news.rejected
                  news.prepared       key: headline fingerprint (internal)
                     │  deduplicate   first of its headline within the window? ──no──► news.duplicates
                     │  + enrich      language, subjects                       ──► news.rejected
                     ├──────────────► news.enriched   key: article id; ninjs 3.1 in a CloudEvent ──► consumers
                  news.signatures     key: language (internal)
                     │  group         which articles tell of one event?
                  news.stories        key: story id; ninjs 3.1 composite in a CloudEvent ──► consumers

Agents never import each other; they meet only through topics.
"""

from agents.deduplicate import deduplicate_step
from agents.group import group_step
from agents.prepare import prepare_step
from streams.settings import Settings
from streams.steps import Step

__all__ = ["pipeline_steps"]


def pipeline_steps(settings: Settings) -> tuple[Step, ...]:
    """The whole pipeline in the order of the dataflow. This is the only wiring, on Kafka and in memory alike."""
    return (prepare_step(settings), deduplicate_step(settings), group_step(settings))
