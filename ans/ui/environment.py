"""Settings of a server that stand in environment variables, as a Space keeps them. The README's table tells of each.

`ANS_HOME` and `ANS_DATA_DIR` are read where they are used, by the command line too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ans.paths import SPACE_DISK

FRAMES = "'self' https://huggingface.co https://*.hf.space"  # a Space is a frame of the Hub's page
SPACE_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
Default = TypeVar("Default", int, None)


@dataclass(frozen=True)
class Environment:
    """What the environment asks of a server; an argument of the command line wins.

    `space`: the Space that it is, as OWNER/NAME, which strangers can reach; else nothing. `tools`: it serves its API to
    assistants, too. `default_run`: which run answers newcomers. `keep_days`: after how many days runs and uploads go,
    None for never. `upload_mib`, `uploads_gib`, `training_minutes`, `trainings`: limits, instead of those that its kind
    of server has (`ans.ui.limits`).
    """

    space: str = ""
    host: str = "127.0.0.1"
    port: int = 7860
    public: bool = False
    training: bool = True
    uploads: bool = True
    tools: bool = False
    auth: str | None = None
    proxies: int = 0
    frames: str = FRAMES
    default_run: str | None = None
    keep_days: int | None = None
    upload_mib: int | None = None
    uploads_gib: int | None = None
    training_minutes: int | None = None
    trainings: int | None = None

    @classmethod
    def read(cls, said: Mapping[str, str] = os.environ) -> Environment:
        """The settings of this process.

        Raises:
            ValueError: a variable says what it can't.
        """
        space = said.get("SPACE_ID", "")
        on_space = bool(space)
        port = _number(said, "PORT", 7860, most=65535)
        return cls(
            space=space,
            host=said.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if on_space else "127.0.0.1"),
            port=_number(said, "GRADIO_SERVER_PORT", port, most=65535),
            public=_is_on(said, "ANS_PUBLIC", False),
            training=_is_on(said, "ANS_TRAINING", True),
            uploads=_is_on(said, "ANS_UPLOADS", True),
            tools=_is_on(said, "GRADIO_MCP_SERVER", False),
            auth=said.get("ANS_AUTH") or None,
            proxies=_number(said, "ANS_PROXIES", int(on_space), most=100),
            frames=said.get("ANS_FRAMES") or FRAMES,
            default_run=said.get("ANS_DEFAULT_RUN") or None,
            keep_days=_number(said, "ANS_KEEP_DAYS", None, least=1),
            upload_mib=_number(said, "ANS_UPLOAD_MIB", None, least=1),
            uploads_gib=_number(said, "ANS_UPLOADS_GIB", None, least=1),
            training_minutes=_number(said, "ANS_TRAINING_MINUTES", None, least=1),
            trainings=_number(said, "ANS_TRAININGS", None, least=1),
        )

    @property
    def on_space(self) -> bool:
        return bool(self.space)

    def keeping(self, home: Path) -> str:
        """What people should know of how long runs are kept in a home; nothing where that is for good.

        On a Space also how to get one of one's own, as Markdown.
        """
        known = []
        if self.keep_days is not None:
            days = "a day" if self.keep_days == 1 else f"{self.keep_days} days"
            known.append(f"Runs and uploads are deleted here after {days}.")
        if self.on_space and not home.is_relative_to(SPACE_DISK):
            known.append("This Space has no disk of its own: its runs and uploads go when it is started again.")
        if known:
            known.append("Download what you want to keep.")
        if SPACE_NAME.fullmatch(self.space):
            address = f"https://huggingface.co/spaces/{self.space}?duplicate=true"
            known.append(f"[Duplicate this Space]({address}) to have one of your own.")
        return " ".join(known)


def _is_on(said: Mapping[str, str], name: str, default: bool) -> bool:
    value = said.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise ValueError(f"{name} must be on or off, got {value!r}.")
    return default


def _number(
    said: Mapping[str, str], name: str, default: Default, least: int = 0, most: int = 1_000_000
) -> int | Default:
    value = said.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ValueError(f"{name} must be a number from {least} to {most}, got {value!r}.")
    return int(value)
