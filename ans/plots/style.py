"""What all figures share: one meaning per colour (blue known, red open, amber synthesized), broken hover texts."""

KNOWN, OPEN, SYNTHESIZED, REST = "#245fdc", "#c81e55", "#f2a20d", "#9aa7b8"
HIDDEN_AXIS = {"visible": False, "zeroline": False}  # a projection's axes mean nothing
OUT_OF_SCOPE, ACCURACY = "#9b3fe0", "#12a594"
INK, PAPER, TEXT = "#0f172a", "#ffffff", "#334155"


def wrap(text: str, width: int = 60) -> str:
    """Break a hover text into lines; Plotly shows one as long as the text otherwise. Its tags are kept whole."""
    lines = []
    for part in text.split("<br>"):
        line = ""
        for word in part.split(" "):
            if line and len(line) + len(word) >= width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "<br>".join(lines)
