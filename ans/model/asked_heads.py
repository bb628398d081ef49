"""Which heads a text is asked of: all of them, or where there are very many those of its nearest classes.

All heads of 10,000 classes are over two gigabytes, and one text would wait until each of them was read. With 48 classes
of the bundled dataset the strongest head of an accepted text is always one of the classifier's first two classes.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ans.model.heads import MultiViewHeads

ALL_UP_TO = 512  # classes
ASKED = 128  # heads, where there are more classes
AT_A_TIME = 100_000  # texts × heads that are asked together; their hidden layers are 64 to 256 times as many numbers
COPIED = 4  # to pick heads out for one text costs as much as to ask so many times as many all together


def nearest_classes(closed: Tensor) -> Tensor | None:
    """The classes whose heads each text is asked of [B, K]; None for all of them.

    Args:
        closed: the closed-set classifier's logits [B, C].
    """
    return closed.topk(ASKED, dim=1).indices if closed.shape[1] > ALL_UP_TO else None


@torch.no_grad()
def head_logits(heads: MultiViewHeads, features: Tensor, asked: Tensor | None = None) -> Tensor:
    """Each head's logit [B, C], on the CPU. A head that is not asked refuses a text as the last of those that are.

    Args:
        features: [B, V·d]. asked: classes [B, K]; None asks all.
    """
    classes = heads.num_classes
    if asked is not None and len(features) * asked.shape[1] * COPIED < classes:
        kept = [heads(text[None], only=few).T for text, few in zip(features, asked.to(features.device), strict=True)]
        found = torch.cat(kept).cpu() if kept else torch.empty(0, asked.shape[1])
    else:
        every = torch.cat([heads(some).T.cpu() for some in features.split(max(1, AT_A_TIME // classes))])
        if asked is None:
            return every
        found = every.gather(1, asked.cpu())
    return found.amin(1, keepdim=True).repeat(1, classes).scatter(1, asked.cpu(), found)
