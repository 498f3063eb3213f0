"""A drawn layer under seal: its seed and its codes, encrypted for this installation and bound to their own row.

Rows of other tables say which sheets belong to which work, never whose work it is; that stands here alone. Who reads
the database finds ciphertext, who swaps two seals breaks both, and pages give a layer to its custodian only.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from competitions.draws.codes import CodeLayer, work_code_layer
from competitions.draws.draw import commitment, joint_seed
from competitions.work_codes.models import WorkLayer
from core.messages import said
from core.personal_data import blind_index, seal_file, unseal_file

SHORTEST = 3
"""Codes of layer n have n characters more, so that the label of one layer is not taken for another's."""


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """A layer as drawn, with everything by which it can be drawn again."""

    codes: CodeLayer
    secret: str
    seed: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 over seed and pairs; with the seed in it, trying out all orders of a few works finds nothing."""
        return hashlib.sha256(json.dumps([self.seed, self.codes.pairs]).encode()).hexdigest()


def layer_name(number: int) -> str:
    """How a layer is called."""
    return said("第 %(n)s 层", n=number)


def secret_of(layer: WorkLayer, number: int) -> str:
    """The secret half of the seed of a layer's draw `number` (from 1), fixed by the data key."""
    return blind_index("work-code-secret", f"{layer.event_id}/{layer.number}/{layer.custodian_id}/{number}")


def next_commitment(layer: WorkLayer) -> str:
    """What is read out before the layer's next draw."""
    return commitment(secret_of(layer, layer.draws + 1))


def drawn(layer: WorkLayer, inner: Sequence[str], called_out: Sequence[str]) -> DrawnLayer:
    """Draw the codes of a layer; nothing is stored.

    Raises:
        DrawError: nothing was called out.
    """
    secret = secret_of(layer, layer.draws + 1)
    seed = joint_seed(secret, called_out)
    return DrawnLayer(_codes(layer, inner, seed), secret, seed)


def _codes(layer: WorkLayer, inner: Sequence[str], seed: str) -> CodeLayer:
    keeper = str(layer.custodian_id)
    return work_code_layer(str(layer.number), keeper, inner, seed=seed, length=SHORTEST + layer.number)


def seal(layer: WorkLayer, codes: DrawnLayer) -> bytes:
    """The layer so that only this installation reads it, and only in its own row."""
    return sealed_document(layer, {"secret": codes.secret, "seed": codes.seed, "pairs": codes.codes.pairs})


def unseal(layer: WorkLayer) -> DrawnLayer:
    """What `seal` was given.

    Raises:
        cryptography.exceptions.InvalidTag: changed bytes, another row or another data key.
    """
    document = kept_document(layer)
    renamed = document.get("renamed", {})
    return _as_layer(layer, document, [(str(renamed.get(inner, inner)), outer) for inner, outer in document["pairs"]])


def kept_document(layer: WorkLayer) -> dict[str, Any]:
    """A sealed layer as it stands under its seal: as it was drawn, with the ids that entrants had then.

    Where the competition has come from another server since, `renamed` says which id each has now.

    Raises:
        cryptography.exceptions.InvalidTag: as `unseal`.
    """
    document: dict[str, Any] = json.loads(unseal_file(layer.sealed or b"", _place(layer)))
    return document


def sealed_document(layer: WorkLayer, document: Mapping[str, Any]) -> bytes:
    """What `kept_document` gave, under the seal of this installation."""
    return seal_file(json.dumps(document).encode(), _place(layer))


def _as_layer(layer: WorkLayer, document: Mapping[str, Any], pairs: Iterable[Sequence[str]]) -> DrawnLayer:
    kept = tuple((inner, outer) for inner, outer in pairs)
    return DrawnLayer(CodeLayer(str(layer.number), str(layer.custodian_id), kept), document["secret"], document["seed"])


def is_as_recorded(layer: WorkLayer) -> bool:
    """Whether the sealed codes follow from the recorded draw, made again from its seed."""
    document = kept_document(layer)
    kept = _as_layer(layer, document, document["pairs"])
    again = _codes(layer, [inner for inner, _ in kept.codes.pairs], kept.seed)
    made = DrawnLayer(again, kept.secret, joint_seed(kept.secret, layer.record["called_out"]))
    recorded = (layer.record["commitment"], layer.record["fingerprint"])
    return made == kept and recorded == (commitment(kept.secret), kept.fingerprint)


def _place(layer: WorkLayer) -> str:
    return f"work-layer/{layer.event_id}/{layer.number}/{layer.custodian_id}"
