"""What a worker sees: for tests of the processes that it lives among, which import it by its name."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from pathlib import Path


def seen(asked: str) -> object:
    """What a worker sees."""
    match asked:
        case "server":
            return os.getppid()
        case "modules":
            return sorted(sys.modules)
        case "collector":
            return gc.isenabled()
        case "work":
            began = time.process_time()
            while time.process_time() < began + 0.2:
                pass
        case "kill the server":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        case _ if asked.startswith("/"):
            Path(asked).touch()
    return os.environ.get(asked)
