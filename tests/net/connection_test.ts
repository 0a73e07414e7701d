import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, IdleTimeout } from "../../lib/net/connection.ts";
import { Listener, serveAllAtOnce } from "../../lib/net/listener.ts";
import { freePort } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { PATIENCE, within } from "../support/time.ts";

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
    await within(PATIENCE, served.promise, () => "the end of the connection");
  } finally {
    shutdown.abort();
    await serving;
  }
}

Deno.test("the idle timeout of a read goes on after something is written meanwhile", async () => {
  await serveSilentClient(async (connection) => {
    const reading = connection.read();
    await connection.write(Uint8Array.of(1));
    await assertRejects(() => reading, IdleTimeout);
  });
});

Deno.test("the peer's silence counts from the end of what is done for it", async () => {
  await serveSilentClient(async (connection) => {
    let isOver = false;
    const reading = connection.read().finally(() => isOver = true);
    const work = new Promise((resolve) => setTimeout(() => resolve("done"), 3 * TIMEOUT));
    assertEquals(await connection.working(work), "done");
    assertEquals(isOver, false);
    const end = performance.now();
    await assertRejects(() => reading, IdleTimeout);
    const silence = performance.now() - end;
    assert(silence >= TIMEOUT - 1, `${silence} ms`);
  });
});

Deno.test("an abort rejects reads, writes and other waits with its reason", async () => {
  await serveSilentClient(async (connection) => {
    const reason = new Error("enough");
    const waits = [
      connection.read(),
      connection.write(new Uint8Array(50_000_000)),
      connection.working(new Promise(() => {})),
      connection.orAborted(new Promise(() => {})),
    ];
    const settled = Promise.allSettled(waits);
    connection.abort(reason);
    connection.abort(new Error("too late"));
    assertEquals((await settled).map((each) => each.status === "rejected" && each.reason), [
      ...Array(4).fill(reason),
    ]);
    await assertRejects(() => connection.read(), Error, "enough");
  });
});
