"""What `--help` of each command says of its output, and of how it ends."""

RESULT_HELP = """\
the result, in percent over the test part (all its texts; those of no known class are open):
  accuracy   right answers over the known classes and the open one
  F1         mean F1 of the known classes and the open one
  F1-known   mean F1 of the known classes
  F1-open    F1 of the open class
Two more are of texts that the training held out, without one open text:
  refused    held-out texts of known classes that the line refuses
  let in     texts of classes that were left out in turn and are let in: an estimate for open texts
With --json the last line on stdout is one object with these (accuracy, f1, f1_known, f1_open), auroc,
num_known_classes, known_classes, seconds by phase, device, dataset, known_ratio, seed, encoder, encoder_reads, out,
learnt_left_out (test texts that are not counted, since the model has learnt from them) and held_out: known_refused,
known_texts, other_classes_let_in, labelled_open_let_in, and a warning if too many are refused.
Progress goes to stderr. Exit status: 0 done, 2 an error told in one sentence, 130 interrupted."""
INSPECT_HELP = """\
format, columns, rows (read = kept + left out, by reason), classes, and a line for each thing to know. With --json one
object: format, encoding, sheet, columns, text_column, label_column, split_column, rows, kept, left_out (reason: count),
left_out_lines (reason: the first line numbers), classes (name: count), out_of_scope (label that means no class: count),
probably_one (groups of names), notes, sample, status. The reasons are named in assets/guide/files.md.
Exit status: 0 it can be trained on, 1 it can, with doubts, 2 it can't."""
PREDICT_HELP = """\
one JSON object per text, in the order of the texts:
  row          its number, from 1; an empty line has one too, an empty text, and null for label, open, unsure and score
  text         as given, without the blanks around it
  label        the known class, or null when the text belongs to none
  open         true when it belongs to none
  unsure       true when another answer is about as right
  score        largest head logit; below zero is open
  candidates   the strongest heads, each with label and logit (above zero: yes)
  neighbours   the nearest training texts, each with text, label and similarity
  known_below  how usual such a score is: the share of held-out known texts that score lower
  between      the two answers that an unsure text wavers between, a class by its name, or open
Lines on stdin are answered as they come. With --input and --out the rows of a file, however many, are written with
their columns and answer_label, answer_open, answer_unsure, answer_score, answer_known_below and answer_closest beside
them (an input's column of such a name, or row, is kept as input_NAME); a run that is cut off goes on where it was when
it is started again. With --json one object is printed when it is over: files, rows, known, open, empty, seconds, out.
Exit status: 0 done, 2 an error told in one sentence, 130 interrupted (what was answered is kept)."""

TEACH_HELP = """\
how many of the corrected texts are answered rightly before and after, and the classes that are new.
With --json one object: corrections, right_before, right_after, new_classes, seconds, load_seconds, out.
Exit status: 0 done, 2 an error told in one sentence, 130 interrupted (no model is saved)."""
CORRECTIONS_HELP = (
    "a table with columns text and label: each text with its right class, a new class, or open (also oos, none, …)"
)
MODEL_HELP = "the folder of a model, as train --out wrote it, or a run downloaded from the app: its zip or its folder"
BENCHMARK_HELP = """\
a Markdown table: means over the seeds, beside the paper's figures. The file of results has a record per run: settings,
known classes, accuracy, F1, F1-known, F1-open, AUROC, the best F1 of any threshold, seconds by phase, commit, versions
of the libraries, device. Phase 1 is kept in ~/.cache/ans/benchmark (or below ANS_HOME) and shared by all benchmarks.
With --json one object: benchmark, table (the Markdown), runs (the records of the table).
Exit status: 0 done, 2 an error told in one sentence, 130 interrupted (what was computed is kept)."""

DOCTOR_HELP = """\
a line for each thing, with what to do about it behind an arrow; with --json one object: well, and findings, a
list of objects with name, found, do.
Exit status: 0 nothing is to be done, 1 something is."""
STATUSES = """\
Exit status: 0 done; 1 done, with something to look at; 2 an error, told in one sentence on stderr; 130 interrupted.
Results are on stdout, all else on stderr. NO_COLOR=1 takes the colours away. Completion for your shell:
ans --print-completion bash (zsh, tcsh)."""
STRESS_HELP = """\
what was counted, or a Markdown table of waits. With --json one object when it is over: stress, well, and of kills the
counts and what was lost, of fuzz sent, statuses, folders, wrong and lost, of load rows, of soak rounds and what grew.
Exit status: 0 it held, 2 something was lost, stuck, half read or left over, went wrong or grew, 130 interrupted."""
