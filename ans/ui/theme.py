"""How the page looks where Gradio draws it. What the page draws itself takes its colours from assets/page/style.css."""

from __future__ import annotations

from gradio.themes import Base

FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]


def theme() -> Base:
    """Quiet greys, one blue."""
    return Base(
        primary_hue="blue", neutral_hue="slate", radius_size="lg", font=FONT, font_mono=["ui-monospace", "monospace"]
    ).set(
        body_text_color_subdued="#55637a",
        body_text_color_subdued_dark="#a6b3c8",
        block_info_text_color="#55637a",
        block_info_text_color_dark="#a6b3c8",
        body_background_fill="#f6f8fb",
        body_background_fill_dark="#0b1120",
        block_background_fill="white",
        block_background_fill_dark="#111a2e",
        block_border_width="1px",
        block_border_color="#dde3ec",
        block_border_color_dark="#22304a",
        block_radius="14px",
        block_shadow="none",
        form_gap_width="0px",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        button_primary_background_fill="#2f6fed",
        button_primary_background_fill_hover="#245bd0",
        button_primary_background_fill_dark="#2f6fed",
        button_primary_text_color="white",
    )
