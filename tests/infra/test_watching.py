"""Alerts and the dashboard: every query names a metric that exists, every alert can fire, and says what to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from agents import pipeline_steps
from streams.settings import Settings
from streams.watch.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "infra" / "prometheus" / "alerts.yml"
RULES = [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]
PROMTOOL = shutil.which("promtool")

_OF_PROMETHEUS = {"up"}
_SUFFIXES = ("_bucket", "_sum", "_count", "_total", "")


def existing() -> set[str]:
    """The names of all series that a worker has."""
    exposition, _ = Metrics(pipeline_steps(Settings())).exposition()
    families = text_string_to_metric_families(exposition.decode())
    return _OF_PROMETHEUS | {family.name + suffix for family in families for suffix in _SUFFIXES}


def named_in(query: str) -> set[str]:
    """The metrics that a query names: its words but those within braces and quotes, its labels and its functions."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", "", query)
    bare = re.sub(r"\b(?:by|on|without|ignoring)\s*\([^)]*\)", "", bare)
    words = set(re.findall(r"[a-zA-Z_:][\w:]*(?!\w*\s*\()", bare))
    functions = set(re.findall(r"([a-z_]+)\s*\(", bare))
    return {word for word in words if "_" in word or word in _OF_PROMETHEUS} - functions


def queries() -> list[tuple[str, str]]:
    dashboard = json.loads((ROOT / "infra" / "grafana" / "headwater.json").read_text("utf-8"))
    found = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]
    found += [(rule["alert"], rule["expr"]) for rule in RULES]
    scaled = yaml.safe_load((ROOT / "infra" / "kubernetes" / "keda" / "by-time.yaml").read_text("utf-8"))
    return [*found, ("KEDA", scaled["spec"]["triggers"][0]["metadata"]["query"])]


@pytest.mark.parametrize(
    ("title", "query"), queries(), ids=[f"{title} {number}" for number, (title, _) in enumerate(queries())]
)
def test_every_query_names_metrics_that_exist(title, query):
    named = named_in(query)
    assert named, query
    assert named <= existing(), named - existing()


_EVERYWHERE = {"job", "instance", "le"}


def labels_of_metrics() -> dict[str, set[str]]:
    """The labels that each of a worker's series has, as it reports them; without a value there are none yet."""
    metrics = Metrics(pipeline_steps(Settings()))
    found = {}
    for each in vars(metrics).values():
        if isinstance(each, MetricWrapperBase):
            found[each._name] = set(each._labelnames)
    return found


def labels_named(query: str) -> set[str]:
    """The labels that a query groups by or selects by."""
    grouped = {name.strip() for each in re.findall(r"\bby\s*\(([^)]*)\)", query) for name in each.split(",")}
    return (grouped | set(re.findall(r"[{,]\s*(\w+)\s*(?:=|!=|=~|!~)", query))) - _EVERYWHERE


@pytest.mark.parametrize(
    ("title", "query"), queries(), ids=[f"{title} {number}" for number, (title, _) in enumerate(queries())]
)
def test_every_query_names_labels_that_one_of_its_metrics_has(title, query):
    known = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in named_in(query)}
    labels = set().union(*(each for name, each in labels_of_metrics().items() if name in known))
    assert labels_named(query) <= labels


def test_a_label_that_does_not_exist_would_be_noticed():
    assert labels_named('sum by (topic, le) (rate(x_total{job="a", nonsense="b"}[5m])) > 0') == {"topic", "nonsense"}


def test_a_metric_that_does_not_exist_would_be_noticed():
    assert named_in('sum by (topic) (rate(headwater_nonsense_total{job="a_b"}[5m])) > 0') == {"headwater_nonsense_total"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_has_a_test_that_breaks_its_condition_and_a_runbook(rule):
    tests = yaml.safe_load(ALERTS.with_name("alerts_test.yml").read_text("utf-8"))["tests"]
    broken = [each for test in tests for each in test.get("promql_expr_test", ()) if f'"{rule["alert"]}"' in each["expr"]]
    assert any(each["exp_samples"] for each in broken)
    address, _, heading = rule["annotations"]["runbook_url"].partition("#")
    assert address == "{{ with $externalLabels.headwater_runbooks }}{{ . }}{{ else }}docs/operations.md{{ end }}"
    assert heading == rule["alert"].lower()
    assert re.search(rf"^### {rule['alert']}$", (ROOT / "docs" / "operations.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: apt install prometheus); CI has it")
@pytest.mark.parametrize("what", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]], ids=" ".join)
def test_promtool_finds_the_rules_right_and_each_condition_fires(what):
    said = subprocess.run([PROMTOOL, *what], cwd=ALERTS.parent, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
