"""What all figures share: one meaning per colour (blue known, red open, amber synthesized), the colours of classes,
broken hover texts."""

KNOWN, OPEN, SYNTHESIZED, REST = "#245fdc", "#c81e55", "#f2a20d", "#9aa7b8"
HIDDEN_AXIS = {"visible": False, "zeroline": False}  # a projection's axes mean nothing
OUT_OF_SCOPE, ACCURACY = "#9b3fe0", "#12a594"
INK, PAPER, TEXT = "#0f172a", "#ffffff", "#334155"
# Classes where they stand beside each other, each in light and in dark: as far apart as they can be, 0.15 in OKLab at
# least, from red, amber and purple 0.13; on either background a contrast of at least 3.
CLASSES = (
    ("#1f98ed", "#14a1f2"), ("#1d7808", "#2adb59"), ("#821865", "#dc6efc"), ("#9a5e2f", "#aa723c"),
    ("#0002a0", "#285fec"), ("#909b1f", "#e9f01a"), ("#18938a", "#16a384"), ("#b783bb", "#fed6f6"),
    ("#2c606e", "#39f3fc"), ("#314ede", "#66648a"), ("#284700", "#437200"), ("#21283d", "#acb1be"),
)  # fmt: skip


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
