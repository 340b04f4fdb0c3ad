"""Run a Pulumi program as the engine asks; `LanguageHost` starts this file with the request as JSON on stdin.

It does what ``pulumi-language-python-exec`` of the CLI does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi import runtime

REPORTED: Final = 32  # exit code of a program whose error the engine has
THREADS: Final = 4  # for each parallel operation, as in the CLI's own host


def run(program: str, request: dict[str, Any]) -> int:
    """Run the program of this path with the settings and the configuration of the request; the exit code."""
    settings = request["settings"]
    runtime.set_all_config(request["config"], request["secret_keys"])
    runtime.configure(runtime.Settings(**settings))
    # Tasks that a failed program leaves behind are not errors of it.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.argv = [program]

    def main() -> None:
        runpy.run_path(program, run_name="__main__")

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(max_workers=THREADS * max(settings["parallel"], 1)) as threads:
        loop.set_default_executor(threads)
        try:
            loop.run_until_complete(runtime.run_in_stack(main))
        except pulumi.RunError as error:
            pulumi.log.error(str(error))
        except Exception:  # noqa: BLE001 - a program may raise anything, and the engine reports it
            pulumi.log.error(f"Program failed with an unhandled exception:\n{_frames_of(program)}")
        else:
            return 0
        finally:
            loop.close()
    return REPORTED


def _frames_of(program: str) -> str:
    """The traceback of the current exception, from the program's own first frame."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    own = Path(program, "__main__.py").resolve() if Path(program).is_dir() else Path(program).resolve()
    first = next((index for index, frame in enumerate(frames) if Path(frame.filename).resolve() == own), 0)
    return traceback.format_exc(limit=first - len(frames))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], json.load(sys.stdin)))
