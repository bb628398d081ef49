"""Open-world text classification in the browser: `python app.py`."""

from ans.ui.start import main

if __name__ == "__main__":
    main()
