import { Change } from "../link/change.ts";
import { join } from "./bytes.ts";
import { within } from "./waiting.ts";

/** The program took no bytes for too long. */
export class Stalled extends Error {
  override readonly name = "Stalled";
}

/** Our end of a connection with a program under test. It reads all the time, unless paused. */
export class Peer {
  /** How the program has left the connection: `closed` means with a FIN. */
  state: "open" | "closed" | "reset" = "open";
  /** Number of bytes received so far. */
  total = 0;
  /** When the program closed or reset the connection, in terms of `performance.now()`. */
  endedAt = Infinity;
  readonly #conn: Deno.TcpConn;
  readonly #change = new Change();
  #held = new Uint8Array(0);
  #parts: Uint8Array[] = [];
  #gate: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay(true);
    this.#read();
  }

  get port(): number {
    return this.#conn.localAddr.port;
  }

  get peerPort(): number {
    return this.#conn.remoteAddr.port;
  }

  /** The bytes received and not taken yet. */
  held(): Uint8Array {
    if (this.#parts.length > 0) this.#held = join(this.#held, ...this.#parts);
    this.#parts = [];
    return this.#held;
  }

  /** Takes the bytes held, or the first `length` of them. */
  take(length = Infinity): Uint8Array {
    const bytes = this.held();
    this.#held = this.#held.slice(length);
    return bytes.subarray(0, length);
  }

  /**
   * Waits for the answer yes, up to `timeout` ms after the connection's last change. Returns
   * the last answer.
   */
  async until(question: () => boolean, timeout: number): Promise<boolean> {
    while (!question()) {
      if (!await within(timeout, this.#change.next.then(() => true))) return question();
    }
    return true;
  }

  /** Waits up to `timeout` ms for the program to close or reset the connection. */
  async untilEnd(timeout: number): Promise<boolean> {
    return await this.until(() => this.state !== "open", timeout);
  }

  /**
   * Sends all of the bytes.
   *
   * @param isMoving asked after `timeout` ms without progress whether to keep waiting
   * @throws {Stalled} if it answers no
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

  /** Closes the sending side. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Stops reading: the buffers fill up, and then the program cannot send. */
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
