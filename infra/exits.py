"""Exit statuses of the command line."""

DONE = 0
# What a command checks is not so.
NOT_SO = 1
# It can't be run as asked.
REFUSED = 2
# What a shell reports of a program that Ctrl-C ended.
INTERRUPTED = 130
