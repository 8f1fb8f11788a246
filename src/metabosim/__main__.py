"""`python -m metabosim` is the command `metabosim`."""

from metabosim.cli import main

if __name__ == "__main__":
    main()
