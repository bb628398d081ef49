"""Many texts on the command line: rows of a file in, each with its answer beside it out, in the same order."""
