import { assertEquals } from "@std/assert";
import { receive } from "../../lib/accio/upload.ts";
import { IdleTimeout, Shutdown } from "../../lib/net/connection.ts";
import { Listener, serveAllAtOnce } from "../../lib/net/listener.ts";
import { randomBytes } from "../support/data.ts";
import { freePort } from "../support/program.ts";
import { Socket } from "../support/socket.ts";

function listen(idleTimeout: number): {
  listener: Listener;
  port: number;
  stop: () => void;
} {
  const shutdown = new AbortController();
  const port = freePort();
  const listener = new Listener({
    host: "127.0.0.1",
    port,
    idleTimeout,
    shutdown: shutdown.signal,
    onPause: () => {},
  });
  return { listener, port, stop: () => shutdown.abort() };
}

Deno.test("a sink that is slower than the timeout makes no error of a healthy transfer", async () => {
  const { listener, port, stop } = listen(200);
  const data = randomBytes(50_000);
  const received: number[] = [];
  const serving = serveAllAtOnce(listener, async (connection) => {
    const sink = new WritableStream<Uint8Array>({
      async write(bytes) {
        received.push(...bytes);
        await new Promise((resolve) => setTimeout(resolve, 500));
      },
    });
    await receive(connection, sink, { edition: "auto", maxSize: Infinity });
    stop();
  });
  using socket = await Socket.connect(port);
  await socket.send(data);
  await socket.finish();
  await serving;
  assertEquals(Uint8Array.from(received), data);
});

Deno.test("a connection is told why it was ended: silence, or the shutdown", async () => {
  const { listener, port, stop } = listen(200);
  const reasons: unknown[] = [];
  const serving = serveAllAtOnce(listener, async (connection, number) => {
    using _ = connection;
    const aborted = new Promise((resolve) => connection.signal.addEventListener("abort", resolve));
    if (number === 1) connection.read().catch(() => {});
    await aborted;
    reasons.push(connection.signal.reason);
    if (number === 1) stop();
  });
  using _first = await Socket.connect(port);
  using _second = await Socket.connect(port);
  await serving;
  assertEquals(reasons.map((reason) => reason instanceof Shutdown), [
    false,
    true,
  ]);
  assertEquals(reasons[0] instanceof IdleTimeout, true);
});
