"""Reading what producers publish: bytes in, a draft of an article or a rejection out. Pure.

The content-type header decides which form a record has, else its first bytes (:func:`read_record` explains how). One table,
:data:`FIELDS`, decides which field becomes what, for every shape: flat JSON, ninjs, schema.org and the metadata of HTML pages.
Nothing depends on the clock, the environment or the network: the same bytes give the same draft.

    reading      takes a record through the other modules
    forms        JSON, HTML, text or XML? a Confluent frame?
    binaries     formats that are not text; text_forms: text that is no prose: both are refused by name
    encodings    bytes → text; mojibake: text that was once read in a wrong encoding
    objects      JSON: envelopes, CloudEvents, ninjs; news_items: NewsML-G2's shape; linked_data: schema.org's JSON-LD
    pages        HTML pages; page_kinds: which ones hold no article; markup: HTML as a tree and as lines
    page_facts   what a page says about its article: page_headlines, page_bylines, page_dates, page_images; page_place: which
                 elements are near the headline or beside the article; byline_lines: lines that name the authors
    judging      whether a text is an article, or one of these:
    walls        consent walls, robot checks, pay walls; listings: index pages, galleries; prose: what tells them apart
    fields       names of fields and forms of values; dates, languages, urls: one form for each; titles, bylines, keywords,
                 images: the real ones among what a source gives under that name
    shapes       the shapes that libraries, APIs and standards use, for INPUTS.md and its test
"""

from streams.records.draft import NO_INSTRUCTIONS, Draft, Image, Instructions, PubStatus, Reason, Rejection, Repair
from streams.records.fields import FIELDS
from streams.records.forms import Form
from streams.records.judging import judge_text
from streams.records.reading import read_record, told_form
from streams.records.urls import canonical_url

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
