"""What the command line takes: each command, its options and their help. The settings of a training come from
`TrainConfig`, so that every door says the same of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from ans import __version__
from ans.benchmark.command import WHICH, benchmark, numbers, ratios
from ans.cluster import ENGINES
from ans.command_help import (
    BENCHMARK_HELP,
    CORRECTIONS_HELP,
    DOCTOR_HELP,
    INSPECT_HELP,
    MODEL_HELP,
    PREDICT_HELP,
    RESULT_HELP,
    STATUSES,
    STRESS_HELP,
    TEACH_HELP,
)
from ans.command_line import evaluate, predict, teach, train
from ans.command_options import add_device, add_setting, listed, several_names, whole_number
from ans.config import TrainConfig
from ans.doctor import doctor
from ans.inspection import inspect
from ans.stress.command import WHICH as HARM
from ans.stress.command import stress

PROGRAM = "ans" if Path(sys.argv[0]).name in ("ans", "ans.exe") else "python -m ans"
READ_AS = ("text_column", "label_column", "no_class", "near_names", "sheet", "encoding")  # how own data are read
OF_A_FILE = ("sheet", "encoding")  # the same of a file with texts alone
# A group of options begins at each of these fields of TrainConfig and goes on to the next one.
GROUPS = {
    "dataset": ("Data", "the corpus, and which of its classes are known"),
    "encoder": ("Encoder", "what turns texts into features"),
    "epochs": ("Phase 1", "fine-tuning the encoder with a closed-set classifier"),
    "views": ("Phase 2", "one-vs-rest heads with synthesized negatives"),
}
# Those that have --json and --quiet.
JSON_HELP = {predict: "with --input, print what came of it as one JSON object (texts are answered in JSON anyway)"}
SPEAKING = (train, predict, teach, evaluate, inspect, doctor, benchmark, stress)


class _Parser(argparse.ArgumentParser):
    """Bad arguments are errors like all others: one sentence, told by `ans.__main__`."""

    def error(self, message: str) -> None:
        raise ValueError(f"{message}; see {self.prog} --help.")


def parsed(asked: Sequence[str]) -> argparse.Namespace:
    """What was asked. Texts and folders may stand after options too, where argparse itself takes them for unknown.

    Raises:
        ValueError: it can't be understood; the sentence names what, and where its help is.
    """
    parser = parser_of(asked)
    given, rest = parser.parse_known_args(asked)
    if rest and (given.several is None or any(part.startswith("-") for part in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        setattr(given, given.several, [*getattr(given, given.several), *rest])
    return given


def parser_of(asked: Sequence[str]) -> argparse.ArgumentParser:
    """All commands with their options and help; with `--print-completion` among what was asked also that option."""
    completing = "--print-completion" in asked
    parser = _Parser(
        prog="ans" if completing else PROGRAM,
        description="Open-world text classification: learn classes from their texts alone, answer with one or `open`.",
        epilog=f"Each command explains itself: {PROGRAM} train --help\n\n{STATUSES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if completing:
        import shtab

        shtab.add_argument_to(parser, ["--print-completion"], help="the completion script of a shell")
    parser.add_argument("--version", action="version", version=f"ans {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    commands.add_parser("app", help="serve the page in which all this is done in the browser", add_help=False)
    _add_inspect(commands)
    _add_train(commands)
    _add_predict(commands)
    _add_teach(commands)
    _add_evaluate(commands)
    _add_benchmark(commands)
    _add_stress(commands)
    _add_doctor(commands)
    return parser


def _add_inspect(commands) -> None:
    parser = _command(
        commands,
        inspect,
        "say what is understood of a file, before anything is trained",
        "Read a file, or a folder with train and test files, as training would, and say what came of each row.",
        "inspect tickets.csv --text-column Message --label-column Queue",
        INSPECT_HELP,
    )
    parser.add_argument("file", metavar="FILE", help="a file of a format that assets/guide/files.md lists, or a folder")
    for spec in fields(TrainConfig):
        if spec.name in (*READ_AS, "encoder", "max_tokens"):
            add_setting(parser, spec)


def _add_train(commands) -> None:
    parser = _command(
        commands,
        train,
        "train a model on the known classes of a corpus and evaluate it",
        "Train on texts of the known classes of a corpus, then answer its whole test part and compare with the truth.",
        "train --dataset assistant --known-ratio 0.75 --seed 0 --out my-model",
        RESULT_HELP,
    )
    parser.add_argument("--out", metavar="DIR", help="save the model into this folder (a new or empty one, or a model)")
    parser.add_argument("--corrections", metavar="FILE", help=f"{CORRECTIONS_HELP}, to be learnt like training texts")
    group = parser
    for spec in fields(TrainConfig):
        if spec.name in GROUPS:
            group = parser.add_argument_group(*GROUPS[spec.name])
        add_setting(group, spec)


def _add_predict(commands) -> None:
    parser = _command(
        commands,
        predict,
        "answer texts with a saved model",
        "Answer each text with its known class, or with none when it is open.",
        "predict my-model 'my card was stolen' 'who wrote hamlet'\n  cat texts.txt | python -m ans predict my-model",
        PREDICT_HELP,
    )
    parser.add_argument(
        "model",
        metavar="MODEL",
        help=MODEL_HELP,
    )
    parser.add_argument(
        "text", metavar="TEXT", nargs="*", default=[], help="texts to answer; without any, the lines on stdin"
    )
    parser.set_defaults(several="text")
    kinds = ".csv, .tsv, .jsonl or .parquet"
    parser.add_argument(
        "--input", metavar="FILE", help="a file of rows (assets/guide/files.md has the formats), or 'lines/*.jsonl'"
    )
    parser.add_argument(
        "--out", metavar="FILE", help=f"where the rows go with their answers: {kinds}; of several files a folder"
    )
    parser.add_argument("--text-column", metavar="NAME", help="the column with the texts (default: the likeliest)")
    _add_engine(parser, "a worker a file, of the files that --input names")
    parser.add_argument(
        "--gpus",
        metavar="N",
        type=whole_number,
        default=0,
        help="of ray: workers, each with a GPU (default: one a CPU core)",
    )
    for spec in fields(TrainConfig):
        if spec.name in OF_A_FILE:
            add_setting(parser, spec)
    add_device(parser)
    parser.add_argument(
        "--refused",
        metavar="SHARE",
        type=float,
        help="the share of known texts, like those held out, that may be refused (default: the model's own line)",
    )
    for name, default, what in (
        ("--candidates", 5, "strongest heads to return"),
        ("--neighbours", 3, "nearest training texts to return"),
    ):
        parser.add_argument(name, metavar="N", type=whole_number, default=default, help=f"{what} (default: {default})")


def _add_teach(commands) -> None:
    parser = _command(
        commands,
        teach,
        "let a saved model learn corrections in seconds",
        "Let a saved model learn texts that it got wrong. Its encoder stays; heads and closed-set classifier learn on, "
        "and keep to what they said of everything else. The model is saved in a new folder.",
        "teach my-model corrections.tsv",
        TEACH_HELP,
    )
    parser.add_argument("model", metavar="DIR", help=MODEL_HELP)
    parser.add_argument("corrections", metavar="FILE", help=CORRECTIONS_HELP)
    parser.add_argument(
        "--out", metavar="DIR", help="save the model that has learnt into this folder (default: DIR-taught)"
    )
    add_device(parser)


def _add_evaluate(commands) -> None:
    parser = _command(
        commands,
        evaluate,
        "measure a saved model on a corpus that has its classes",
        "Answer the test part of a corpus with a saved model and compare with the truth. Texts of classes that the "
        "model was not trained on are open.",
        "evaluate my-model --dataset assistant",
        RESULT_HELP,
    )
    parser.add_argument(
        "model",
        metavar="MODEL",
        help=MODEL_HELP,
    )
    add_device(parser)
    for spec in fields(TrainConfig):
        if spec.name in ("dataset", "data_dir", *READ_AS):
            add_setting(parser, spec, required=spec.name == "dataset")


def _add_benchmark(commands) -> None:
    parser = _command(
        commands,
        benchmark,
        "run one of the paper's tables and print it beside the published figures",
        "Run one table or figure of the paper on the field's splits. What is in the file of results already is not "
        "computed again, so it can be killed and started again at any time.",
        "benchmark table1 --datasets banking --ratios 0.25 --seeds 0-4 --data-dir data",
        BENCHMARK_HELP,
    )
    parser.add_argument("which", metavar="WHICH", choices=tuple(WHICH), help=listed(WHICH))
    parser.add_argument("folders", metavar="DIR", nargs="*", default=[], help="of traffic: folders with train and test")
    parser.set_defaults(several="folders")
    parser.add_argument(
        "--texts", metavar="N,…", type=numbers, help="of few, router: texts a class (default: by WHICH)"
    )
    parser.add_argument("--datasets", metavar="A,B,…", type=several_names, help="corpora (default: by WHICH)")
    parser.add_argument("--ratios", metavar="R,…", type=ratios, help="known-class ratios (default: by WHICH)")
    parser.add_argument("--seeds", metavar="0-4", type=numbers, help="seeds, as 0-4 or 0,2,5 (default: by WHICH)")
    parser.add_argument("--method", "--only", action="append", help="one row by its name, repeatable (default: all)")
    parser.add_argument("--out", metavar="FILE", help="the JSON of results (default: assets/benchmarks/WHICH.json)")
    _add_engine(parser, "a task a dataset, ratio and seed")
    for spec in fields(TrainConfig):
        if spec.name in ("encoder", "data_dir", "device"):
            add_setting(parser, spec)


def _add_stress(commands) -> None:
    parser = _command(
        commands,
        stress,
        "harm the app on purpose, and see whether it holds",
        "Do one kind of harm to an app with a home of its own, and look whether anything was lost.",
        "stress kills --times 200",
        STRESS_HELP,
    )
    parser.add_argument("which", metavar="WHICH", choices=tuple(HARM), help=listed(HARM))
    parser.add_argument("--times", type=int, default=20, help="of kills: how often (default: %(default)s)")
    parser.add_argument(
        "--clients",
        metavar="N,…",
        type=numbers,
        help="of load: pages at once (default: 1,5,20,50); of soak: one number (default: 5)",
    )
    parser.add_argument("--seconds", type=float, default=30, help="of load: for how long each (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=30, help="of soak: for how long (default: %(default)s)")
    parser.add_argument(
        "--cases", type=int, default=2000, help="of fuzz: inputs, each tenth a model folder (default: %(default)s)"
    )
    parser.add_argument("--training", action="store_true", help="of load: beside a training")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn (default: %(default)s)")


def _add_doctor(commands) -> None:
    _command(
        commands,
        doctor,
        "say what is here, what can be reached, and what to do",
        "Look at versions, device, home, encoders, datasets and network, and say what to do about what is missing.",
        "doctor",
        DOCTOR_HELP,
    )


def _command(commands, function: Callable, summary: str, what: str, example: str, output: str):
    parser = commands.add_parser(
        function.__name__,
        help=summary,
        description=f"{what}\n\nexample:\n  {PROGRAM} {example}",
        epilog=f"output: {output}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=function, several=None)
    if function in SPEAKING:
        parser.add_argument(
            "--json", action="store_true", help=JSON_HELP.get(function, "print the result as one JSON object")
        )
        parser.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")
    return parser


def _add_engine(parser, share: str) -> None:
    parser.add_argument(
        "--engine", choices=ENGINES, default="local", help=f"ray: on a cluster, {share} (default: local)"
    )
    parser.add_argument("--address", metavar="A", help="of ray: a cluster's address (default: this machine's cores)")
