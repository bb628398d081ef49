"""The starter as it comes with the app: a finished run in one zip, so that a model answers at the first start.

Large tables of numbers are in half precision there, which the model was rounded to before it was judged; a home holds
them as those of any other run. `python -m ans.workflows.starter` builds the zip.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.durable import is_passing, put_if_first, replacing
from ans.json_files import DamagedFile, read_json, write_json
from ans.paths import ASSETS
from ans.runs.lease import is_held
from ans.runs.run import Run
from ans.runs.status import RUNNING
from ans.runs.store import STARTER_ID, RunStore
from ans.runs.test_part import ARRAYS_FILE

if TYPE_CHECKING:
    import numpy as np

log = logging.getLogger("ans.runs")
SHIPPED = ASSETS / "starter.zip"
MADE_FROM_FILE, MARK_FILE, NAME_FILE = "made_from.json", "shipped.json", "name.json"
TABLES = ("model/weights.safetensors", ARRAYS_FILE)
LARGE = 100_000  # numbers; the smaller tables say where lines lie, and stay exact


def put_starter(store: RunStore, shipped: Path = SHIPPED) -> Run:
    """The starter of a home: the shipped one, instead of what an earlier version has left there.

    A name that somebody gave it stays. Where nothing usable was shipped, one is trained.

    Raises:
        OSError: the home can't be written to.
    """
    try:
        mark = hashlib.sha256(shipped.read_bytes()).hexdigest()
        if not _is_there(store, mark):
            _put(store, shipped, mark)
    except (FileNotFoundError, DamagedFile) as error:
        log.warning("The starter that comes with the app can't be used, and one is trained: %s", error)
        return store.starter()
    for old in store.starters():
        if old.id != STARTER_ID and not is_held(old.folder):
            store.remove(old.id)
    return Run(store.root / STARTER_ID)


def _is_there(store: RunStore, mark: str) -> bool:
    """Whether a home has the shipped starter; or one that another process trains now, since it could not use it."""
    run = store.get(STARTER_ID)
    if run is None:
        return False
    if run.status.state == RUNNING:
        return not run.trainer_is_gone
    try:
        return run.status.ended_well and read_json(run.folder / MARK_FILE) == mark
    except (FileNotFoundError, DamagedFile):
        return False


def _put(store: RunStore, shipped: Path, mark: str) -> None:
    building = store.new_folder()
    try:
        unpack(shipped, building)
        write_json(building / MARK_FILE, mark)
        if named := next(filter(None, (run.given_name for run in store.starters())), None):
            write_json(building / NAME_FILE, named)
        store.remove(STARTER_ID)
        put_if_first(building, store.root / STARTER_ID)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def made_from(shipped: Path = SHIPPED) -> dict[str, Any]:
    """What the shipped starter was built from.

    Raises:
        FileNotFoundError: nothing was shipped. DamagedFile: it can't be read.
    """
    return json.loads(_read(shipped)[MADE_FROM_FILE])


def unpack(shipped: Path, folder: Path) -> None:
    """Write the shipped run into an empty folder.

    Raises:
        FileNotFoundError: nothing was shipped. DamagedFile: it can't be read. OSError: there is no room.
    """
    for name, content in _read(shipped).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def pack(folder: Path, about: Mapping[str, Any], shipped: Path) -> None:
    """Inverse of `unpack`, for a run whose tables are `rounded`; `about` is for `made_from`."""
    texts = [path for path in folder.rglob("*.json*") if path.is_file() and path.name not in (MARK_FILE, NAME_FILE)]
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(texts)}
    contents |= {name: _halved((folder / name).read_bytes()) for name in TABLES}
    contents[MADE_FROM_FILE] = json.dumps(about, indent=1).encode()
    with replacing(shipped) as building, zipfile.ZipFile(building, "w") as zipped:
        for name, content in contents.items():  # ZipInfo without a time: the same run is the same zip
            zipped.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=9)


def rounded(tables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same tables, the large ones with the numbers that half precision has."""
    return {name: table.astype("f2").astype("f4") if _is_large(table) else table for name, table in tables.items()}


def _is_large(table: np.ndarray) -> bool:
    return table.dtype == "f4" and table.size >= LARGE


def _read(shipped: Path) -> dict[str, bytes]:
    """The files of the shipped run by their names."""
    try:
        with zipfile.ZipFile(shipped) as zipped:
            contents = {name: zipped.read(name) for name in zipped.namelist()}
        return contents | {name: _whole(contents[name]) for name in TABLES}
    except FileNotFoundError:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
        if is_passing(error):
            raise
        raise DamagedFile(f"{shipped.name} is damaged ({error}).") from error


def _halved(content: bytes) -> bytes:
    """A file of tables in half precision, its high bytes before its low ones: only the high ones can be packed well."""
    import numpy as np
    from safetensors.numpy import load, save

    halves = {name: table.astype("f2") if _is_large(table) else table for name, table in load(content).items()}
    return np.frombuffer(save(halves), "u1").reshape(-1, 2).T.tobytes()


def _whole(content: bytes) -> bytes:
    """Inverse of `_halved`."""
    import numpy as np
    from safetensors.numpy import load, save

    tables = load(np.frombuffer(content, "u1").reshape(2, -1).T.tobytes())
    return save({name: table.astype("f4") if table.dtype == "f2" else table for name, table in tables.items()})
