"""Reading what producers publish: bytes in, a draft of an article or a rejection out. Pure.

The content-type header decides which form a record has, else its first bytes (:func:`read_record` explains how). One table,
:data:`FIELDS`, decides which field becomes what, for every shape: flat JSON, ninjs, schema.org and the metadata of HTML pages.
Nothing depends on the clock, the environment or the network: the same bytes give the same draft.

    reading      takes a record through the other modules
    decoding/    forms: JSON, HTML, text or XML? a Confluent frame? encodings: bytes → text; mojibake: text once read in a wrong
                 encoding; binaries, and text_forms that are no prose, are refused by name
    objects      JSON: envelopes, CloudEvents, ninjs
    news_items   NewsML-G2's shape, laid flat
    pages/       HTML pages; kinds: which ones hold no article; main_text, body: the article's text; markup: HTML as a tree and
                 as lines; facts: what a page says about its article (headlines, bylines, dates, images); place: which elements
                 are near the headline or beside the article; linked_data: schema.org's JSON-LD
    judging/     texts: whether a text is an article, or one of these: walls (consent, payment, robot checks), listings (index
                 pages, galleries), error_pages; prose: what tells them apart
    fields       names of fields and forms of values
    values/      dates, languages, urls: one form for each; titles, bylines, keywords, images: the real ones among what a source
                 gives under that name; rich_text: editors' trees of blocks
    draft        what comes of it: a draft, or a rejection with its reason
    shapes       the shapes that libraries, APIs and standards use
    table        INPUTS.md, made of fields and shapes
"""

from streams.records.decoding.forms import Form
from streams.records.draft import NO_INSTRUCTIONS, Draft, Image, Instructions, PubStatus, Reason, Rejection, Repair
from streams.records.fields import FIELDS
from streams.records.judging.texts import judge_text
from streams.records.reading import read_record, told_form
from streams.records.values.urls import canonical_url

__all__ = [
    "FIELDS",
    "NO_INSTRUCTIONS",
    "Draft",
    "Form",
    "Image",
    "Instructions",
    "PubStatus",
    "Reason",
    "Rejection",
    "Repair",
    "canonical_url",
    "judge_text",
    "read_record",
    "told_form",
]
