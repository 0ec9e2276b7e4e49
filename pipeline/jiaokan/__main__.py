"""`python -m jiaokan`."""

from jiaokan.cli import entry

if __name__ == "__main__":
    entry()
