"""A proxy that serves an app below a prefix and takes that off before it asks it, as reverse proxies are set up to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import ClientSession, ClientTimeout, web

from ans.local_page import free_port

HOP = {"connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive"}


class Proxied:
    """`address`: of the page behind the prefix. `outside`: paths that were asked for outside of it, each a fault."""

    def __init__(self, address: str) -> None:
        self.address, self.outside = address, list[str]()


@contextmanager
def stripping_proxy(app: str, prefix: str) -> Iterator[Proxied]:
    """Serve the app at the address `app` below `prefix`, in a thread; whatever else is asked for is not found."""
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()
    asking: ClientSession
    proxied = Proxied(f"http://127.0.0.1:{port}{prefix}/")

    async def passed(request: web.Request) -> web.StreamResponse:
        if not request.rel_url.raw_path.startswith(f"{prefix}/"):
            if request.rel_url.raw_path != "/favicon.ico":  # browsers ask for it by themselves
                proxied.outside.append(request.rel_url.raw_path)
            raise web.HTTPNotFound
        url = app.rstrip("/") + str(request.rel_url).removeprefix(prefix)
        sent = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        body = await request.read() or None
        async with asking.request(request.method, url, headers=sent, data=body) as reply:
            headers = {name: value for name, value in reply.headers.items() if name.lower() not in HOP}
            out = web.StreamResponse(status=reply.status, headers=headers)
            with suppress(ConnectionResetError):  # the browser has left
                await out.prepare(request)
                async for part in reply.content.iter_any():  # streams of events go on as they come
                    await out.write(part)
            return out

    async def serve() -> None:
        nonlocal asking
        asking = ClientSession(timeout=ClientTimeout(total=None))
        served = web.Application(client_max_size=2**30)
        served.router.add_route("*", "/{path:.*}", passed)
        runner = web.AppRunner(served, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        ready.set()
        await stop.wait()
        await runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:  # streams that a page has left open
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asking.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10), "the proxy does not start"
    try:
        yield proxied
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
