import { assertEquals, assertRejects } from "@std/assert";
import { receive, type Sink } from "../../lib/accio/receive.ts";
import { IdleTimeout, Shutdown } from "../../lib/net/connection.ts";
import { Blocks } from "../../lib/net/blocks.ts";
import { Listener, serveAllAtOnce, serveOneAndRefuse } from "../../lib/net/listener.ts";
import { randomBytes } from "../support/data.ts";
import { freePort } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

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

Deno.test("a sink slower than the timeout does not fail a healthy transfer", async () => {
  const { listener, port, stop } = listen(200);
  const data = randomBytes(50_000);
  const received: number[] = [];
  const serving = serveAllAtOnce(listener, async (connection) => {
    const sink: Sink = {
      async write(bytes) {
        received.push(...bytes);
        await new Promise((resolve) => setTimeout(resolve, 500));
      },
      close: () => Promise.resolve(),
      abort: (reason) => Promise.reject(reason),
    };
    await receive(connection, sink, {
      edition: "auto",
      maxSize: Infinity,
      maxTime: Infinity,
      blocks: new Blocks(),
    });
    stop();
  });
  using socket = await Socket.connect(port);
  await socket.send(data);
  await socket.finish();
  await serving;
  assertEquals(Uint8Array.from(received), data);
});

Deno.test("whatever waits on a connection gets the reason for its end: silence, or the shutdown", async () => {
  const { listener, port, stop } = listen(200);
  const reasons: unknown[] = [];
  const serving = serveAllAtOnce(listener, async (connection, number) => {
    using _ = connection;
    const never = number === 1 ? connection.read() : connection.orAborted(new Promise(() => {}));
    await never.catch((reason) => reasons.push(reason));
    if (number === 1) stop();
  });
  using _first = await Socket.connect(port);
  using _second = await Socket.connect(port);
  await serving;
  assertEquals(reasons.map((reason) => reason instanceof Shutdown), [false, true]);
  assertEquals(reasons[0] instanceof IdleTimeout, true);
});

Deno.test("serveOneAndRefuse closes the listening socket while it serves, and opens it again", async () => {
  const { listener, port, stop } = listen(Infinity);
  const serving = serveOneAndRefuse(listener, async (connection, number) => {
    using _ = connection;
    await connection.write(Uint8Array.of(number));
    await connection.read();
    if (number === 2) stop();
  });
  for (const number of [1, 2]) {
    using socket = await Socket.connect(port);
    assertEquals(await socket.read(1), Uint8Array.of(number));
    await assertRejects(() => Socket.connect(port), Deno.errors.ConnectionRefused);
    await socket.finish();
    await socket.readToEnd();
    socket.close();
    if (number === 1) await eventuallyListens(port);
  }
  await serving;
});

async function eventuallyListens(port: number): Promise<void> {
  await eventually(() => {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return false;
    } catch {
      return true; // The port is in use again.
    }
  }, () => `somebody listens on ${port}`);
}
