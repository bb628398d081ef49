"""The README on other languages: `python -m tests.tools.report_languages [--encoder minilm] [--prompt 'query: ']`.

The same 32 messages of four classes and the same eight of none, in English, German and Chinese (languages.tsv). In each
language a model learns six messages of each class and answers the other two and the open ones; four times, so that each
message is asked once. The encoder stays untouched, as in the starter. A small measurement: two known messages more or
less are 6 points.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ans.config import STARTER
from ans.conventions import OPEN, OPEN_NAME
from ans.model.trained_model import TrainedModel

MESSAGES = Path(__file__).with_name("languages.tsv")
PARTS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--prompt")
    parser.add_argument("--examples", action="store_true", help="print what some messages are answered, too")
    arguments = parser.parse_args()
    config = STARTER.with_(encoder=arguments.encoder, prompt=arguments.prompt, device="cpu")
    _, *lines = MESSAGES.read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines]
    for language in dict.fromkeys(language for language, _, _ in rows):
        known = [(text, label) for one, label, text in rows if one == language and label != "oos"]
        outside = [text for one, label, text in rows if one == language and label == "oos"]
        right = refused = 0
        for part in range(PARTS):
            learnt = [row for i, row in enumerate(known) if i % PARTS != part]
            asked = [row for i, row in enumerate(known) if i % PARTS == part]
            model = TrainedModel.trained_on(config, [text for text, _ in learnt], [label for _, label in learnt])
            found = answers(model, [text for text, _ in asked])
            if part == 0 and arguments.examples:
                shown = [*asked, *((text, OPEN_NAME) for text in outside[:4])]
                for (text, label), answer in zip(shown, [*found, *answers(model, outside[:4])], strict=True):
                    print(f"  {text} → {answer}{'' if answer == label else f', right: {label}'}")
            right += sum(answer == label for answer, (_, label) in zip(found, asked, strict=True))
            refused += answers(model, outside).count(OPEN_NAME)
        print(
            f"{language}: {right} of {len(known)} known right, {refused} of {PARTS * len(outside)} open refused",
            flush=True,
        )


def answers(model: TrainedModel, texts: list[str]) -> list[str]:
    """A known class or `OPEN_NAME` for each text."""
    decided, _ = model.decide(model.features(texts))
    return [OPEN_NAME if index == OPEN else model.labels[index] for index in decided.tolist()]


if __name__ == "__main__":
    main()
