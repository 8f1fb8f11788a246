"""A study on disk: what it is, in study.json, and its people, a Parquet file for each piece.

Pieces are written whole, so that a study which was stopped, however it was, goes on where it was and ends with the
same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from metabosim.engine.integrate import TOLERANCE
from metabosim.errors import Fault, InputError
from metabosim.extras import needed
from metabosim.output import GENERATOR, OutputFolder, Stamp, stamped_json
from metabosim.population.study import REST_TOLERANCE, Study
from metabosim.version import NOTE

if TYPE_CHECKING:
    import pandas as pd

RECORD = "study.json"


def require_parquet() -> None:
    """InputError with the command that installs it, where pyarrow is missing."""
    needed("pyarrow", "population", "populations are kept as Parquet, which needs pyarrow")


def parquet(frame: pd.DataFrame, stamp: Stamp) -> bytes:
    """A frame as a stamped Parquet file; the same bytes for the same frame."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    # pandas' own notes name its version; the columns say all that is needed
    table = table.replace_schema_metadata(
        {"generator": GENERATOR, "note": NOTE, "stamp": stamp.line}
    )
    file = BytesIO()
    pq.write_table(table, file, compression="zstd", store_schema=False)
    return file.getvalue()


@dataclass(frozen=True)
class Store:
    """The folder of one study; `folder` is entered by whoever made it."""

    folder: OutputFolder
    study: Study
    stamp: Stamp

    def begin(self) -> list[int]:
        """Write what the study is; the pieces still missing. InputError if the folder holds another study."""
        record = self._record()
        path = self.folder.path / RECORD
        if path.exists() and not self.folder.force:
            self._same(path.read_text(encoding="utf-8"), record)
        else:
            for old in sorted(self.folder.path.glob("pieces/*.parquet")):
                old.unlink()
        self.folder.write(RECORD, stamped_json(record))
        return [
            n for n in range(self.study.pieces) if not (self.folder.path / self._name(n)).exists()
        ]

    def put(self, piece: int, content: bytes) -> None:
        """Keep a piece that was lived."""
        self.folder.write(self._name(piece), content)

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """Some columns of everybody, in the order of their numbers; little of a large study is in memory."""
        import pandas as pd

        return pd.concat(self._frames(names), ignore_index=True)

    def _frames(self, names: Sequence[str]) -> Iterator[pd.DataFrame]:
        import pandas as pd

        for piece in range(self.study.pieces):
            yield pd.read_parquet(self.folder.path / self._name(piece), columns=list(names))

    @staticmethod
    def _name(piece: int) -> str:
        return f"pieces/{piece:06d}.parquet"

    def _record(self) -> dict[str, Any]:
        study = self.study
        return {
            "scenario": self.stamp.scenario,
            "hash": self.stamp.hash,
            "version": self.stamp.version,
            "seed": study.seed,
            "subjects": study.subjects,
            "randomised": study.randomised,
            "arms": list(study.arms),
            "control": study.control,
            "sampler": {"id": study.sampler.id, "hash": study.sampler.hash},
            "observables": list(study.observables),
            "resolution": study.resolution,
            "people_per_piece": study.piece_size,
            "tolerance": {"run": TOLERANCE, "rest": REST_TOLERANCE},
        }

    def _same(self, text: str, record: dict[str, Any]) -> None:
        try:
            before = json.loads(text)
        except ValueError:
            before = {}
        other = [name for name in record if before.get(name) != record[name]]
        if other:
            raise InputError(
                Fault(
                    f"holds another study: {', '.join(other)} differ",
                    file=str(self.folder.path / RECORD),
                    hint="choose another folder with --out, or begin anew with --force",
                )
            )
