"""From files as people have them to an open-world split."""
