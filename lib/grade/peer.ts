/**
 * The other end of a connection with a program under test: it sees what comes
 * at the moment it comes.
 *
 * @module
 */

import { Change } from "../link/change.ts";
import { within } from "./within.ts";

/** What a connection is, seen from here: `closed` by a FIN, or `reset`. */
export type PeerState = "open" | "closed" | "reset";

/** The program took no bytes for too long. */
export class Stalled extends Error {
  override readonly name = "Stalled";
}

/** A TCP connection that is read all the time, unless it is paused. */
export class Peer {
  state: PeerState = "open";
  /** How many bytes have come. */
  total = 0;
  /** When the other side closed or reset the connection; by `performance.now()`. */
  endedAt = Infinity;
  readonly #conn: Deno.TcpConn;
  #parts: Uint8Array[] = [];
  readonly #change = new Change();
  #gate: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay(true);
    this.#read();
  }

  /** Its own port. */
  get port(): number {
    return this.#conn.localAddr.port;
  }

  /** The other side's port. */
  get peerPort(): number {
    return this.#conn.remoteAddr.port;
  }

  /** The bytes that came and were not taken yet. */
  take(): Uint8Array {
    const bytes = this.held();
    this.#parts = [];
    return bytes;
  }

  /** The same, without taking them. */
  held(): Uint8Array {
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) return first;
    const joined = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    this.#parts = [joined];
    return joined;
  }

  /**
   * Waits until the question is answered with yes, but no longer than `timeout`
   * ms after the connection has changed last; returns the last answer.
   */
  async until(question: () => boolean, timeout: number): Promise<boolean> {
    while (!question()) {
      const late = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => late.resolve(true), timeout);
      const change = this.#change.next.then(() => false);
      const isLate = await Promise.race([change, late.promise]);
      clearTimeout(timer);
      if (isLate) return question();
    }
    return true;
  }

  /**
   * Sends all of the bytes.
   *
   * @param isMoving asked, when none of them was taken for `timeout` ms, whether to go on waiting
   * @throws {Stalled} when it says no
   */
  async send(
    bytes: Uint8Array,
    timeout: number,
    isMoving: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const sent = this.#conn.write(rest.subarray(0, 65536));
      let count = await within(timeout, sent);
      while (count === undefined) {
        if (!await isMoving()) throw new Stalled();
        count = await within(timeout, sent);
      }
      rest = rest.subarray(count);
    }
  }

  /** Tells the other side that no more bytes follow. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Reads no more: the system's buffers fill, and then the other side can send nothing. */
  pause(): void {
    this.#gate ??= Promise.withResolvers();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#gate?.resolve();
    this.#conn.close();
  }

  async #read(): Promise<void> {
    while (this.state === "open") {
      await this.#gate?.promise;
      const buffer = new Uint8Array(65536);
      const count = await this.#conn.read(buffer).catch(() => undefined);
      if (count) {
        this.total += count;
        this.#parts.push(buffer.subarray(0, count));
      } else {
        this.state = count === null ? "closed" : "reset";
        this.endedAt = performance.now();
      }
      this.#change.announce();
    }
  }
}
