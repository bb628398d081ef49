"""How the page looks. Every colour has its one home here, or in `ans.plots.style` if the figures use it too.

One meaning per colour: blue is known, red is open, amber is synthesized; all else is quiet grey, but for the map of all
classes, where each has a colour. The CSS and the
scripts in assets/page find the colours as custom properties, `var(--known)`.
"""

from __future__ import annotations

from typing import Any

from gradio.themes import Base

from ans.plots import style
from ans.ui.page_component import PAGE_ASSETS

FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
STYLES = sorted(PAGE_ASSETS.glob("*.css"), key=lambda path: (path.stem != "style", path.stem))  # what all share first

COLOURS = {  # each in light and in dark
    "known": (style.KNOWN, "#6ea0ff"),
    "open": (style.OPEN, "#ff6f9c"),
    "made": (style.SYNTHESIZED, style.SYNTHESIZED),
    "on-made": ("#1f1300", "#1f1300"),
    "out-of-scope": (style.OUT_OF_SCOPE, "#b77bea"),
    **{f"class-{i}": pair for i, pair in enumerate(style.CLASSES)},  # classes on the map of all of them
    "soft": ("rgba(100, 116, 139, .12)", "rgba(148, 163, 184, .12)"),  # behind what is chosen; the track of a bar
    "line": ("#dde3ec", "#22304a"),
    # In figures. Plotly takes no custom properties, so the scripts look these up (`colour` in elements.js).
    "ink": (style.INK, "#f8fafc"),  # the star, and what is chosen on a map
    "paper": (style.PAPER, style.INK),  # behind hovered words, and around the star
    "hover-text": (style.INK, "#e2e8f0"),
    "figure-text": (style.TEXT, "#cbd5e1"),
    "figure-line": ("rgba(100, 116, 139, .2)", "rgba(148, 163, 184, .22)"),
    "map-line": ("rgba(100, 116, 139, .22)", "rgba(148, 163, 184, .25)"),
    "map-wall": ("#f5f7fa", "#0d1527"),  # behind a map in 3-D
}
QUIET_TEXT = ("#55637a", "#a6b3c8")


def theme() -> Base:
    """Quiet greys, one blue."""
    (line, dark_line), (quiet, dark_quiet) = COLOURS["line"], QUIET_TEXT
    return Base(
        primary_hue="blue", neutral_hue="slate", radius_size="lg", font=FONT, font_mono=["ui-monospace", "monospace"]
    ).set(
        input_placeholder_color=quiet,
        input_placeholder_color_dark=dark_quiet,
        body_text_color_subdued=quiet,
        body_text_color_subdued_dark=dark_quiet,
        block_info_text_color=quiet,
        block_info_text_color_dark=dark_quiet,
        body_background_fill="#f6f8fb",
        body_background_fill_dark="#0b1120",
        block_background_fill="white",
        block_background_fill_dark="#111a2e",
        block_border_width="1px",
        block_border_color=line,
        block_border_color_dark=dark_line,
        block_radius="14px",
        block_shadow="none",
        form_gap_width="0px",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        button_primary_background_fill=style.KNOWN,
        button_primary_background_fill_hover="#1c4fbd",
        button_primary_background_fill_dark=style.KNOWN,
        button_primary_text_color="white",
    )


def custom_properties() -> str:
    """The CSS that declares every colour, for light and for dark."""
    light = " ".join(f"--{name}: {colour};" for name, (colour, _) in COLOURS.items())
    dark = " ".join(f"--{name}: {colour};" for name, (_, colour) in COLOURS.items())
    return f":root {{ {light} }}\n.dark {{ {dark} }}"


def look() -> dict[str, Any]:
    """The arguments of `Blocks.launch` that say how the page looks."""
    return {"theme": theme(), "css": custom_properties(), "css_paths": STYLES}
