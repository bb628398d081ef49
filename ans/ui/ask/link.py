"""A link that opens the page with a model and a text: read from the address, and made by a button."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ans.conventions import LONGEST

# Where a page may not write the clipboard the link is taken from the address bar.
COPY = """(run, text) => {
  const address = new URL(window.location.origin + window.location.pathname);
  if (run) address.searchParams.set('run', run);
  if (text) address.searchParams.set('text', text);
  const button = document.querySelector('#copy-link'), label = 'Copy link';
  const say = said => { button.textContent = said; setTimeout(() => { button.textContent = label; }, 2500); };
  const show = () => { window.history.replaceState(null, '', address); say('The link is in the address bar'); };
  if (!navigator.clipboard) { show(); return []; }
  navigator.clipboard.writeText(address.href).then(() => say('Link copied'), show);
  return [];
}"""


@dataclass(frozen=True)
class Link:
    """What an address asks for; it comes from anybody, so neither needs to exist or to be sensible."""

    run: str | None
    text: str


def link_of(request: gr.Request | None) -> Link:
    """The link in the address a page was opened with."""
    asked = request.query_params if request is not None else {}
    return Link(asked.get("run") or None, (asked.get("text") or "")[:LONGEST])


def copy_button(model: gr.Dropdown, query: gr.Textbox) -> gr.Button:
    """A button that copies the link to this model and this text."""
    button = gr.Button("Copy link", size="sm", variant="secondary", elem_id="copy-link")
    button.click(None, [model, query], None, js=COPY, api_visibility="private")
    return button
