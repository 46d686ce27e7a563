"""Reading what producers publish: bytes in, a draft of an article or a rejection out. Pure.

What form a record has is decided by its content-type header, else by its first bytes (:func:`read_record` says how);
which field becomes what is decided by one table, :data:`FIELDS`, for every shape: flat JSON, ninjs, schema.org and the
metadata of HTML pages. Clock, environment and network have no say: the same bytes give the same draft.

    reading      the way of a record through the others
    forms        JSON, HTML, text or XML? a Confluent frame?
    encodings    bytes → text; mojibake: text that went through a wrong one before
    objects      JSON: envelopes, CloudEvents, ninjs; linked_data: schema.org's JSON-LD
    pages        HTML pages; page_kinds: which hold no article; markup: HTML as a tree and as lines
    page_facts   what a page says of its article: page_headlines, page_bylines, page_dates, page_images, and page_place: what of
                 it is near the headline or beside the article; byline_lines: lines that name who wrote
    judging      is a text an article, or one of these:
    walls        consent walls, robot checks, pay walls; listings: index pages, galleries; prose: what tells them
    fields       names and forms of values; dates, languages, urls: one form of each; titles, bylines, keywords, images: of
                 what a source gives as such, that which is it
    shapes       the shapes that libraries, APIs and standards give, for INPUTS.md and its test
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
