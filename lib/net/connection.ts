/**
 * One TCP connection as the servers use it: reads that end when the peer stays
 * silent too long, into memory that is used again.
 *
 * @module
 */

import type { IdleWatch, Waiting } from "./idle.ts";

/** The peer was waited for longer than the idle timeout allows. */
export class IdleTimeout extends Error {
  override readonly name = "IdleTimeout";

  /** @param timeout in milliseconds */
  constructor(timeout: number) {
    const seconds = timeout / 1000;
    super(`the other side was silent for ${seconds} ${seconds === 1 ? "second" : "seconds"}`);
  }
}

/** The program is shutting down. */
export class Shutdown extends Error {
  override readonly name = "Shutdown";

  constructor() {
    super("the program was stopped");
  }
}

/** The first read takes so few bytes that an idle connection costs little. */
const SMALLEST_READ = 4 * 1024;
const LARGEST_READ = 64 * 1024;

/** A TCP connection under an {@linkcode IdleWatch}. */
export class Connection implements Waiting, Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #watch: IdleWatch;
  readonly #onClose: (connection: Connection) => void;
  #received = 0;
  /** Number of reads and writes that wait for the peer. */
  #waits = 0;
  /** Number of calls of {@linkcode working} that have not returned. */
  #works = 0;
  #room: Uint8Array<ArrayBuffer> | undefined;
  #closed = false;
  /** Why the connection was aborted. */
  #reason: Error | undefined;
  /** Made when somebody asks for the signal. */
  #aborter: AbortController | undefined;
  /** Told when the connection is aborted. */
  readonly #waiting = new Set<(reason: Error) => void>();

  constructor(
    conn: Deno.TcpConn,
    watch: IdleWatch,
    onClose: (connection: Connection) => void = () => {},
  ) {
    this.#conn = conn;
    this.#watch = watch;
    this.#onClose = onClose;
  }

  /** Aborted when the idle timeout or a {@linkcode Shutdown} ends the connection. */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.#reason !== undefined) this.#aborter.abort(this.#reason);
    return this.#aborter.signal;
  }

  /** The peer's address, like `127.0.0.1:40312`. */
  get peer(): string {
    const { hostname, port } = this.#conn.remoteAddr;
    return `${hostname}:${port}`;
  }

  /** How many bytes have come. */
  get received(): number {
    return this.#received;
  }

  /**
   * Reads what has come: at least one byte, or `undefined` once the peer has
   * closed its side. The bytes stay valid until the next read.
   *
   * Rejects as {@linkcode readInto}.
   */
  async read(): Promise<Uint8Array | undefined> {
    const room = this.#room ??= new Uint8Array(SMALLEST_READ);
    const count = await this.readInto(room);
    if (count === SMALLEST_READ) this.#room = new Uint8Array(LARGEST_READ);
    return count === 0 ? undefined : room.subarray(0, count);
  }

  /**
   * Reads what has come, as far as there is room, and returns how many bytes: at
   * least one, or 0 once the peer has closed its side.
   *
   * The idle timeout runs while this waits, and anew after each {@linkcode write} and
   * {@linkcode working} meanwhile. When it ends, or on a shutdown, the
   * {@linkcode signal} is aborted; this rejects with the signal's reason once the
   * connection is closed. It also rejects when the connection was reset.
   */
  async readInto(room: Uint8Array<ArrayBuffer>): Promise<number> {
    this.#waits++;
    this.#restartTimeout();
    try {
      const count = await this.#conn.read(room) ?? 0;
      this.#received += count;
      return count;
    } catch (error) {
      throw this.#reason ?? error;
    } finally {
      this.#waits--;
      this.#restartTimeout();
    }
  }

  /**
   * Writes all of `bytes`. The idle timeout runs while the peer takes nothing.
   * Rejects when the {@linkcode signal} is aborted, and when the connection is lost.
   */
  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#writeSome(rest));
    }
  }

  /**
   * Settles as `work`, which the peer waits for: its silence meanwhile does not count. Rejects
   * as soon as the {@linkcode signal} is aborted.
   */
  async working<T>(work: Promise<T>): Promise<T> {
    this.#works++;
    this.#restartTimeout();
    try {
      return await this.orAborted(work);
    } finally {
      this.#works--;
      this.#restartTimeout();
    }
  }

  /** Tells the peer that no more bytes follow (half-close). */
  async closeWrite(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /**
   * Aborts the {@linkcode signal}, for the one who serves the connection to end
   * what it does and then close it.
   */
  abort(reason: Error): void {
    this.#reason ??= reason;
    this.#aborter?.abort(this.#reason);
    for (const giveUp of this.#waiting) giveUp(this.#reason);
  }

  /** Settles as `promise`, or rejects with the reason as soon as the connection is aborted. */
  orAborted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) reject(this.#reason);
      this.#waiting.add(reject);
      promise.then(resolve, reject).then(() => this.#waiting.delete(reject));
    });
  }

  /** Closes both sides; more than once is fine. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.end(this);
    this.#conn.close();
    this.#onClose(this);
  }

  onIdle(): void {
    this.abort(new IdleTimeout(this.#watch.timeout));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    this.#waits++;
    this.#restartTimeout();
    try {
      // Some versions of Deno leave a blocked write pending after close().
      return await this.orAborted(this.#conn.write(bytes));
    } catch (error) {
      throw this.#reason ?? error;
    } finally {
      this.#waits--;
      this.#restartTimeout();
    }
  }

  /** A read may be pending while its answer is written: the watch knows this connection only once. */
  #restartTimeout(): void {
    this.#watch.end(this);
    if (this.#waits > 0 && this.#works === 0 && !this.#closed) this.#watch.begin(this);
  }
}
