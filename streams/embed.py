"""The public names for embedding Headwater: pure functions, without Kafka. Everything else may change without notice.

from streams.embed import MemoryPipeline, Settings, pipeline_steps

pipeline = MemoryPipeline(pipeline_steps(Settings()))
for output in pipeline.publish("news.raw", None, b"<html>…"):
    print(output.topic, output.value)
"""

from streams.packages import what_is_wrong

try:
    from agents import pipeline_steps
except ImportError as error:
    raise ImportError(what_is_wrong() or str(error)) from error

from streams.formats import read_stamp, stamp
from streams.memory import MemoryPipeline
from streams.records import Draft, Reason, Rejection, read_record
from streams.settings import Settings
from streams.steps import Changelog, Decision, Output, Record, Step, Topic
from streams.text.cleaning.clean import clean_text
from streams.text.language.detect import detect_language
from streams.text.subjects.tag import tag_subjects
from streams.topics import topic

__all__ = [
    "Changelog",
    "Decision",
    "Draft",
    "MemoryPipeline",
    "Output",
    "Reason",
    "Record",
    "Rejection",
    "Settings",
    "Step",
    "Topic",
    "clean_text",
    "detect_language",
    "pipeline_steps",
    "read_record",
    "read_stamp",
    "stamp",
    "tag_subjects",
    "topic",
]
