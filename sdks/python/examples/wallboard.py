"""A wallboard of running activeflows in the terminal. It continues across restarts of the server.

wallboard.py                     until Ctrl-C
wallboard.py --until-idle        until nothing runs any more
"""

import asyncio
import contextlib
import sys

from ringdown.aio import Client
from ringdown.v1 import Activeflow, ActiveflowStatus, WatchType

CLEAR = "\x1b[2J\x1b[H" if sys.stdout.isatty() else ""


def draw(running: dict[str, Activeflow]) -> None:
    """Prints a line for each activeflow."""
    print(f"{CLEAR}{len(running)} running")
    for run in running.values():
        print(f"  {run.id}  {run.current_action.WhichOneof('option') or '-'}")
    sys.stdout.flush()


async def main(until_idle: bool) -> None:
    """Updates the board from the watch."""
    running: dict[str, Activeflow] = {}
    is_whole = False
    async with Client() as client, client.watch_activeflows(include_snapshot=True, progress=True) as watch:
        async for update in watch:
            if update.type == WatchType.WATCH_TYPE_PROGRESS:
                # The first progress response follows the snapshot.
                is_whole = True
            elif update.activeflow.status == ActiveflowStatus.ACTIVEFLOW_STATUS_RUNNING:
                running[update.activeflow.id] = update.activeflow
            else:
                running.pop(update.activeflow.id, None)
            if is_whole:
                draw(running)
                if until_idle and not running:
                    return


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(until_idle="--until-idle" in sys.argv[1:]))
