"""A group of commands whose help says of each what it does, and not the half of it."""

from collections.abc import Iterable, Mapping

import click

# More than any first sentence has: click's own lists cut them off where a line ends.
_LONGEST = 200


class Listing(click.Group):
    """A group whose help lists its commands by section, each with its whole first sentence."""

    def sections(self) -> Mapping[str, Iterable[click.Command]]:
        """Return the commands by the title of their section."""
        return {"Commands": self.commands.values()}

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        for title, commands in self.sections().items():
            with formatter.section(title):
                formatter.write_dl(
                    [(str(c.name), c.get_short_help_str(limit=_LONGEST)) for c in commands]
                )
