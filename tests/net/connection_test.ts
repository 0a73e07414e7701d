import { assertEquals } from "@std/assert";
import { type Connection, IdleTimeout } from "../../lib/net/connection.ts";
import { Listener, serveAllAtOnce } from "../../lib/net/listener.ts";
import { freePort } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { within } from "../support/time.ts";

/** In milliseconds. */
const TIMEOUT = 200;

/** Connects a silent client to a server that does this with the connection, until it is over. */
async function serveSilentClient(serve: (connection: Connection) => Promise<void>): Promise<void> {
  const shutdown = new AbortController();
  const port = freePort();
  const listener = new Listener({
    host: "127.0.0.1",
    port,
    idleTimeout: TIMEOUT,
    shutdown: shutdown.signal,
    onPause: () => {},
  });
  const served = Promise.withResolvers<void>();
  const serving = serveAllAtOnce(listener, async (connection) => {
    using _ = connection;
    await serve(connection).then(served.resolve, served.reject);
  });
  try {
    using _client = await Socket.connect(port);
    await within(20_000, served.promise, () => "the end of the connection");
  } finally {
    shutdown.abort();
    await serving;
  }
}

/** Resolves with the reason once the connection is aborted. */
function aborted({ signal }: Connection): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

Deno.test("the idle timeout of a read goes on after something is written meanwhile", async () => {
  await serveSilentClient(async (connection) => {
    const reason = aborted(connection);
    connection.read().catch(() => {});
    await connection.write(Uint8Array.of(1));
    assertEquals(await reason instanceof IdleTimeout, true);
  });
});

Deno.test("the peer's silence counts from the end of what is done for it", async () => {
  await serveSilentClient(async (connection) => {
    const reason = aborted(connection);
    connection.read().catch(() => {});
    const work = new Promise((resolve) => setTimeout(() => resolve("done"), 3 * TIMEOUT));
    assertEquals(await connection.working(work), "done");
    assertEquals(connection.signal.aborted, false);
    const end = performance.now();
    assertEquals(await reason instanceof IdleTimeout, true);
    const silence = performance.now() - end;
    assertEquals(silence >= TIMEOUT - 1, true, `${silence} ms`);
  });
});
