"""Bars side by side, as SVG: this needs no library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

_LABEL_PX, _BAR_PX, _VALUE_PX, _ROW_PX, _HEAD_PX, _GAP_PX = 210, 200, 90, 24, 34, 20
_OURS, _THEIRS, _TEXT = "#1a6fb5", "#a9b4be", "#6b7680"  # legible on light and dark pages
_FONT: Final = 'font-family="system-ui, sans-serif" font-size="13"'


class Bar(NamedTuple):
    """One value; ``text`` is written beside the bar."""

    label: str
    value: float
    text: str
    ours: bool


class Panel(NamedTuple):
    """Bars on one scale, starting at 0."""

    title: str
    bars: Sequence[Bar]


def draw(panels: Sequence[Panel], beside: int = 3) -> str:
    """An SVG document with the panels in rows of ``beside``."""
    panel_px = _LABEL_PX + _BAR_PX + _VALUE_PX
    width = min(beside, len(panels)) * (panel_px + _GAP_PX) - _GAP_PX
    row_px = _HEAD_PX + _ROW_PX * max((len(panel.bars) for panel in panels), default=0)
    height = row_px * -(-len(panels) // beside)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" {_FONT}>'
    ]
    for number, panel in enumerate(panels):
        left, down = number % beside * (panel_px + _GAP_PX), number // beside * row_px
        parts.append(f'<text x="{left}" y="{down + 16}" fill="{_TEXT}" font-weight="600">{escape(panel.title)}</text>')
        most = max((bar.value for bar in panel.bars), default=0) or 1
        for row, bar in enumerate(panel.bars):
            top = down + _HEAD_PX + row * _ROW_PX
            length = max(1.0, bar.value / most * _BAR_PX)
            colour = _OURS if bar.ours else _THEIRS
            at = left + _LABEL_PX
            parts.append(f'<text x="{at - 8}" y="{top + 13}" text-anchor="end" fill="{_TEXT}">{escape(bar.label)}</text>')
            parts.append(f'<rect x="{at}" y="{top}" width="{length:.1f}" height="{_ROW_PX - 7}" fill="{colour}"/>')
            parts.append(f'<text x="{at + length + 6:.1f}" y="{top + 13}" fill="{_TEXT}">{escape(bar.text)}</text>')
    return "\n".join([*parts, "</svg>", ""])
