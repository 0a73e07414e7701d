/**
 * A bad network, emulated: a relay in front of a TCP port that delays, throttles, splits and
 * holds back the bytes that pass through it, in the same way for the same seed.
 *
 * TCP turns a lost segment into a pause: everything behind it waits for the retransmission.
 * So transmission errors are emulated as pauses, and no byte is lost or changed.
 *
 * A FIN keeps its place behind the bytes before it and closes only its own direction. When
 * one side resets, the other connection is closed at once and the bytes in flight are
 * dropped; a peer that is still sending sees that close as a reset.
 *
 * @module
 */

import { Change } from "./change.ts";
import { Random } from "./random.ts";
import { Schedule, type Segment } from "./schedule.ts";

/** Maximum number of bytes in flight in one direction. */
const WINDOW = 256 * 1024;
const HOST = "127.0.0.1";

/** A relay that listens on a port of its own. */
export class Link implements Disposable {
  /** Number of connections that the server reset or refused. */
  serverResets = 0;
  /** Number of connections that the client reset. */
  clientResets = 0;
  /** Number of bytes delivered, both directions together. */
  arrived = 0;
  readonly #listener = Deno.listen({ hostname: HOST, port: 0 });
  readonly #target: number;
  readonly #seed: number;
  readonly #open = new Set<Deno.TcpConn>();

  /** @param target the port that the link leads to */
  constructor(target: number, seed: number) {
    this.#target = target;
    this.#seed = seed;
    this.#accept();
  }

  /** The port to connect to instead of the target. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Closes all connections. */
  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#open) this.#close(conn);
  }

  async #accept(): Promise<void> {
    for (let number = 0;; number++) {
      const client = await this.#listener.accept().catch(() => undefined);
      if (client === undefined) return;
      this.#relay(client, this.#seed + 2 * number);
    }
  }

  async #relay(client: Deno.TcpConn, seed: number): Promise<void> {
    this.#open.add(client);
    const server = await Deno.connect({ hostname: HOST, port: this.#target })
      .catch(() => undefined);
    if (server === undefined) {
      this.serverResets++;
      return this.#close(client);
    }
    // The link may be closed by now.
    if (!this.#open.has(client)) return server.close();
    this.#open.add(server);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const closeBoth = () => [client, server].forEach((conn) => this.#close(conn));
    const onReset = (conn: Deno.TcpConn) => {
      // Once we have closed a connection, everything on it fails.
      if (!this.#open.has(conn)) return;
      if (conn === client) this.clientResets++;
      else this.serverResets++;
      closeBoth();
    };
    const onArrival = (bytes: number) => this.arrived += bytes;
    const pass = (from: Deno.TcpConn, to: Deno.TcpConn, seed: number) => {
      const schedule = new Schedule(new Random(seed));
      return forward({ from, to, schedule, onReset, onArrival });
    };
    await Promise.all([pass(client, server, seed), pass(server, client, seed + 1)]);
    closeBoth();
  }

  #close(conn: Deno.TcpConn): void {
    if (this.#open.delete(conn)) conn.close();
  }
}

/** One direction of a connection. */
interface Direction {
  readonly from: Deno.TcpConn;
  readonly to: Deno.TcpConn;
  readonly schedule: Schedule;
  /** Called with the connection that was reset. */
  readonly onReset: (conn: Deno.TcpConn) => void;
  /** Called with the number of bytes just delivered. */
  readonly onArrival: (bytes: number) => void;
}

/** Forwards one direction until its FIN, or a reset, has passed. */
async function forward({ from, to, schedule, onReset, onArrival }: Direction): Promise<void> {
  const change = new Change();
  const queue: Segment[] = [];
  let queued = 0;
  let isOver = false;
  const push = (segment: Segment) => {
    queue.push(segment);
    if (segment.bytes !== "FIN") queued += segment.bytes.length;
    change.announce();
  };
  const receive = async () => {
    while (!isOver) {
      const buffer = new Uint8Array(64 * 1024);
      const count = await from.read(buffer);
      if (count === null) break;
      for (const segment of schedule.cut(buffer.subarray(0, count))) push(segment);
      while (queued > WINDOW && !isOver) await change.next;
    }
    push({ at: schedule.end(), bytes: "FIN" });
  };
  const deliver = async () => {
    while (!isOver) {
      const segment = queue.shift();
      if (segment === undefined) {
        await change.next;
        continue;
      }
      const wait = segment.at - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      if (segment.bytes === "FIN") {
        await to.closeWrite();
        isOver = true;
      } else {
        await writeAll(to, segment.bytes);
        queued -= segment.bytes.length;
        onArrival(segment.bytes.length);
      }
      change.announce();
    }
  };
  const fail = (conn: Deno.TcpConn) => {
    isOver = true;
    onReset(conn);
    change.announce();
  };
  await Promise.all([receive().catch(() => fail(from)), deliver().catch(() => fail(to))]);
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
}
