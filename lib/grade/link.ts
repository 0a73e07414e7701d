/**
 * A bad link, emulated: a relay in front of a TCP port that delays, slows down,
 * cuts up and holds back what passes, the same way for the same seed.
 *
 * To TCP, a lost segment is a pause: what follows waits until it was sent again.
 * So transmission errors are emulated as pauses, with nothing lost or changed.
 *
 * A FIN passes in its place behind the bytes before it, and only in its direction:
 * the other one stays open. When a side resets its connection, the other side's is
 * closed at once, with what is under way dropped: who still sends gets a reset.
 *
 * @module
 */

import { Change } from "./change.ts";
import { BAD_LINK, type LinkProfile, Schedule, type Segment } from "./link_schedule.ts";
import { Random } from "./random.ts";

/** How many bytes are under way in one direction, at most. */
const WINDOW = 256 * 1024;

/** A relay that listens on a port of its own. */
export class Link implements Disposable {
  /** How many connections were reset by the server, or could not be made to it. */
  serverResets = 0;
  /** How many were reset by the client. */
  clientResets = 0;
  /** How many bytes have arrived, in both directions. */
  arrived = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: number;
  readonly #seed: number;
  readonly #profile: LinkProfile;
  readonly #open = new Set<Deno.TcpConn>();

  /** @param target the port that it leads to */
  constructor(target: number, seed: number, profile: LinkProfile = BAD_LINK) {
    this.#target = target;
    this.#seed = seed;
    this.#profile = profile;
    this.#accept();
  }

  /** The port to connect to in place of the target. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends all connections. */
  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#open) conn.close();
    this.#open.clear();
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
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target })
      .catch(() => undefined);
    if (server === undefined) {
      this.serverResets++;
      return this.#close(client);
    }
    // The link may be gone by now.
    if (!this.#open.has(client)) return server.close();
    this.#open.add(server);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const closeBoth = () => [client, server].forEach((conn) => this.#close(conn));
    const onReset = (conn: Deno.TcpConn) => {
      // What fails after that, fails because of the close.
      if (!this.#open.has(conn)) return;
      if (conn === client) this.clientResets++;
      else this.serverResets++;
      closeBoth();
    };
    const onArrival = (bytes: number) => this.arrived += bytes;
    const wayOf = (from: Deno.TcpConn, to: Deno.TcpConn, seed: number) =>
      new OneWay(from, to, new Schedule(this.#profile, new Random(seed)), { onReset, onArrival });
    const there = wayOf(client, server, seed);
    const back = wayOf(server, client, seed + 1);
    await Promise.all([there.run(), back.run()]);
    closeBoth();
  }

  #close(conn: Deno.TcpConn): void {
    if (this.#open.delete(conn)) conn.close();
  }
}

/** What one direction tells. */
interface Listeners {
  /** Which of the two connections was reset. */
  readonly onReset: (conn: Deno.TcpConn) => void;
  /** How many bytes more have arrived. */
  readonly onArrival: (bytes: number) => void;
}

/** One direction of a connection. */
class OneWay {
  readonly #from: Deno.TcpConn;
  readonly #to: Deno.TcpConn;
  readonly #schedule: Schedule;
  readonly #listeners: Listeners;
  #queue: Segment[] = [];
  #queued = 0;
  readonly #change = new Change();
  #isOver = false;

  constructor(from: Deno.TcpConn, to: Deno.TcpConn, schedule: Schedule, listeners: Listeners) {
    this.#from = from;
    this.#to = to;
    this.#schedule = schedule;
    this.#listeners = listeners;
  }

  /** Resolves when the FIN, or a reset, has passed. */
  async run(): Promise<void> {
    await Promise.all([
      this.#receive().catch(() => this.#fail(this.#from)),
      this.#deliver().catch(() => this.#fail(this.#to)),
    ]);
  }

  async #receive(): Promise<void> {
    while (!this.#isOver) {
      const buffer = new Uint8Array(64 * 1024);
      const count = await this.#from.read(buffer);
      if (count === null) break;
      for (const segment of this.#schedule.cut(buffer.subarray(0, count))) this.#push(segment);
      while (this.#queued > WINDOW && !this.#isOver) await this.#change.next;
    }
    this.#push({ at: this.#schedule.end(), bytes: "FIN" });
  }

  async #deliver(): Promise<void> {
    while (!this.#isOver) {
      const segment = this.#queue.shift();
      if (segment === undefined) {
        await this.#change.next;
        continue;
      }
      const wait = segment.at - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      if (segment.bytes === "FIN") {
        await this.#to.closeWrite();
        this.#isOver = true;
      } else {
        await writeAll(this.#to, segment.bytes);
        this.#queued -= segment.bytes.length;
        this.#listeners.onArrival(segment.bytes.length);
      }
      this.#change.announce();
    }
  }

  #push(segment: Segment): void {
    this.#queue.push(segment);
    if (segment.bytes !== "FIN") this.#queued += segment.bytes.length;
    this.#change.announce();
  }

  #fail(conn: Deno.TcpConn): void {
    this.#isOver = true;
    this.#listeners.onReset(conn);
    this.#change.announce();
  }
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
}
