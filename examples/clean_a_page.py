"""One page in, one article out: the pure functions, without Kafka, settings or state."""

from __future__ import annotations

from streams.embed import Rejection, clean_text, detect_language, read_record, tag_subjects

PAGE = b"""<html><head><title>Storm hits the coast - The Daily Example</title></head><body>
<nav>Home | News | Sport</nav>
<h1>Storm hits the coast</h1>
<p>HAMBURG (Reuters) - A storm hit the coast of the North Sea on Monday. Trains stood still, and the harbour was flooded
for the second time this winter, the weather service said.</p>
<p>The fire brigade counted two hundred calls by noon. Nobody was hurt, but the ferries to the islands will not sail again
before Wednesday, their operator announced.</p>
<footer>Subscribe to our newsletter</footer></body></html>"""


def main() -> None:
    draft = read_record(PAGE, "text/html")
    if isinstance(draft, Rejection):
        raise SystemExit(f"{draft.reason}: {draft.message}")
    clean = clean_text(draft.text, draft.headline, is_extracted=draft.is_extracted)
    language = detect_language(clean.headline, clean.body, draft.language)
    subjects = tag_subjects(clean.headline, clean.body, (*draft.keywords, *clean.keywords), language.tag, draft.section)
    print(clean.headline)
    print(f"from {clean.dateline}, by {', '.join(clean.agencies)}; language {language.tag} ({language.confidence:.2f})")
    for subject in subjects:
        print(f"  {subject.name} ({subject.confidence} of 100)")
    print(clean.body)


if __name__ == "__main__":
    main()
