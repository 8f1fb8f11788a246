"""The command line: `metabosim` and `python -m metabosim`.

Exit codes: 0 all claims held, 1 a claim did not hold, 2 bad input, 3 the simulation failed,
130 interrupted. Everything heavy is imported inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence

import click

from metabosim.cli import (
    bands,
    catalogue,
    export,
    falsify,
    files,
    judge,
    lab,
    people,
    report,
    screen,
    sensitivity,
)
from metabosim.errors import InputError, MetabosimError
from metabosim.version import NOTE, __version__

INTERRUPTED = 130
BROKEN_PIPE = 141  # what a shell reports of a program whose reader has gone

EPILOG = """\b
Exit codes: 0 all claims held, 1 a claim did not hold, 2 bad input,
3 the simulation failed, 130 interrupted.
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="metabosim", message=f"%(prog)s %(version)s ({NOTE})")
def cli() -> None:
    """Simulate a human metabolism and check what is claimed about it.

    A scenario states one claim: what is done to which body, what must then be seen, and which
    mechanism it must fail without. Illustrative, not clinical.

    Start with 'metabosim demo', or 'metabosim list'.
    """


for command in (
    judge.demo,
    judge.run,
    judge.check,
    report.report,
    bands.bands,
    people.population,
    people.trial,
    sensitivity.sensitivity,
    falsify.falsify,
    catalogue.list_,
    catalogue.explain,
    files.validate,
    files.schema,
    files.new,
    export.export,
    lab.lab,
):
    cli.add_command(command)


@cli.result_callback()
def finish(code: int | None) -> int | None:
    """Write out what is buffered while click still answers for a reader that has gone."""
    sys.stdout.flush()
    return code


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(execute(sys.argv[1:] if arguments is None else arguments))


def _hides_an_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C came while compiled code ran: it then arrives wrapped in a SystemError, or in several."""
    while isinstance(error, SystemError):
        error = error.__cause__
    return isinstance(error, KeyboardInterrupt)


def _interrupted() -> int:
    # Python remembers a Ctrl-C that came while it ran text as code, as imports do (for named tuples, say), and under
    # `python -m` would die of the signal in the end, whatever the exit code. Running any text forgets it.
    exec("")
    screen.tell("interrupted", error=True)
    return INTERRUPTED


def execute(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every failure is told in words, on stderr."""
    warnings.showwarning = screen.show_warning
    try:
        code = cli.main(list(arguments), prog_name="metabosim", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        return 0
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except SystemExit:
        return BROKEN_PIPE  # click ends so, and only so, when the reader of stdout has gone
    except InputError as error:
        for fault in error.faults:
            # a line that begins with file:line:column can be clicked in many terminals
            screen.tell(str(fault), error=fault.file is None)
        return error.exit_code
    except MetabosimError as error:
        screen.tell(str(error), error=True)
        return error.exit_code
    except Exception as error:
        if _hides_an_interrupt(error):
            return _interrupted()
        if os.environ.get("METABOSIM_TRACEBACK"):
            raise
        screen.tell(
            f"{type(error).__name__}: {error}\nThis is a fault of metabosim, not of your input. "
            "Set METABOSIM_TRACEBACK=1 to see where it happened, and please report it.",
            error=True,
        )
        return 3
    return code if isinstance(code, int) else 0
