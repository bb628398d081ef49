"""Several rooms at work together: train a run, add a class to one, pack one, let one in."""
