"""The AWS emulator on loopback for as long as standard input is open. Arguments: port, file with what others need to find it."""

import os
import sys
import threading


def end_with_input(place):
    sys.stdin.buffer.read()
    os.unlink(place)
    os._exit(0)


if __name__ == "__main__":
    port, place = sys.argv[1:]
    threading.Thread(target=end_with_input, args=(place,), daemon=True).start()
    from moto.server import main

    main(["-H", "127.0.0.1", "-p", port])
