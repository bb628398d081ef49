"""The Data tab: look into a corpus, choose which classes are known, take it to Train; one's own data beside it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ans.data.corpora import usual_ratio
from ans.ui.data import browse, upload
from ans.ui.data.browse import BrowseTab
from ans.ui.data.upload import UploadTab
from ans.ui.headed_tab import headed_tab
from ans.ui.shared import Shared
from ans.ui.train import TrainTab
from ans.ui.train_form import dataset_choices
from ans.ui.wiring import QUIETLY, Changes


@dataclass(frozen=True)
class DataTab:
    """The two inner tabs, and what concerns both."""

    browse: BrowseTab
    upload: UploadTab
    inner: gr.Tabs

    def offer(self, who: str | None) -> Changes:
        """When the page opens: what this browser has uploaded joins the choices of Data and Train."""
        choices = dataset_choices(self.browse.shared.visitor(who))
        return {
            self.browse.dataset: gr.update(choices=choices),
            self.browse.train.form.dataset: gr.update(choices=choices),
        }

    def kept(self, path: str, who: str | None) -> Changes:
        """A dataset was kept: it is chosen, and shown."""
        choices = dataset_choices(self.browse.shared.visitor(who))
        return {
            self.browse.dataset: gr.update(choices=choices, value=path),
            self.browse.train.form.dataset: gr.update(choices=choices),
            self.browse.ratio: usual_ratio(path),
            self.inner: gr.Tabs(selected="browse"),
        }

    @property
    def datasets(self) -> list[gr.Dropdown]:
        """Where a dataset can be chosen, here and in Train."""
        return [self.browse.dataset, self.browse.train.form.dataset]


def build(shared: Shared, train: TrainTab) -> DataTab:
    """Lay out the tab inside the current Tabs and wire it."""
    with headed_tab("Data", "data") as outer, gr.Tabs() as inner:
        with gr.Tab("Browse", id="browse"):
            browse_tab = browse.layout(shared, train)
        with gr.Tab("Bring your own", id="own") as own:
            upload_tab = upload.build(shared, own)
    tab = DataTab(browse_tab, upload_tab, inner)
    browse.wire(browse_tab, outer)
    upload_tab.kept.change(
        tab.kept, [upload_tab.kept, shared.browser], [*tab.datasets, browse_tab.ratio, inner], **QUIETLY
    )
    return tab
