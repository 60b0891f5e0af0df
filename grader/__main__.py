"""``python -m grader`` and the ``dlgrade`` command."""

from grader.cli import main

if __name__ == "__main__":
    main()
