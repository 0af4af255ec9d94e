"""`python -m dingze` is `dingze`."""

from dingze.cli import main

main()
