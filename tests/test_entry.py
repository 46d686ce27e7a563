"""The installed command, beside another distribution that has a package of the same name."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from streams import entry


def test_a_foreign_package_in_the_place_of_ours_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "agents", ModuleType("agents"))
    found = {"agents": ["headwater-news", "openai-agents"]}
    monkeypatch.setattr(entry.metadata, "packages_distributions", lambda: found)
    with pytest.raises(SystemExit, match="belongs to openai-agents") as ended:
        entry.main()
    assert "pipx install" in str(ended.value)


def test_the_public_names_are_there_and_make_an_article():
    import streams.embed as public

    assert all(hasattr(public, name) for name in public.__all__)
    pipeline = public.MemoryPipeline(public.pipeline_steps(public.Settings()))
    outputs = list(pipeline.publish("news.raw", None, b'{"title": "Council votes", "text": "The council voted on Monday."}'))
    assert [output.topic for output in outputs] == ["news.prepared", "news.enriched"]
