"""Serves one emulator on a free loopback port, prints the port, and ends when its standard input closes.

The port is bound here and passed on open, so that no other process can bind it in the meantime. When a test process ends,
even by a signal, the pipe closes and the emulator ends too.
"""

import os
import socket
import sys
import threading


def end_with_the_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def ministack(listener, port):
    os.environ["GATEWAY_PORT"] = str(port)
    import asyncio

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = "ERROR"
    asyncio.run(serve(app, config))


def moto(listener, port):
    import logging

    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    make_server("127.0.0.1", port, application, threaded=True, fd=listener.fileno()).serve_forever()


def main():
    emulator = {"ministack": ministack, "moto": moto}[sys.argv[1]]
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listener.getsockname()[1]
    print(port, flush=True)
    emulator(listener, port)


main()
