/**
 * One TCP connection of a server or client: its reads and writes end when the peer stays silent too
 * long, or the program shuts down.
 *
 * @module
 */

import type { IdleWatch, Waiting } from "./idle.ts";

/** The peer was silent for longer than the idle timeout. */
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

/** Size of the first read in bytes: an idle connection must stay cheap. */
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
  #readSize = SMALLEST_READ;
  #closed = false;
  /** Why the connection was aborted. */
  #reason: Error | undefined;
  /** Rejects what would otherwise go on waiting after an abort. */
  readonly #pending = new Set<(reason: Error) => void>();

  constructor(
    conn: Deno.TcpConn,
    watch: IdleWatch,
    onClose: (connection: Connection) => void = () => {},
  ) {
    this.#conn = conn;
    this.#watch = watch;
    this.#onClose = onClose;
  }

  /** The peer's address, like `127.0.0.1:40312`. */
  get peer(): string {
    const { hostname, port } = this.#conn.remoteAddr;
    return `${hostname}:${port}`;
  }

  /** Number of bytes received so far. */
  get received(): number {
    return this.#received;
  }

  /**
   * Returns the next bytes, or `undefined` once the peer has closed its side. They stay valid until
   * the next read.
   *
   * Rejects as {@linkcode readInto}.
   */
  async read(): Promise<Uint8Array | undefined> {
    const room = this.#room ??= new Uint8Array(this.#readSize);
    const count = await this.readInto(room);
    if (count === SMALLEST_READ && room.length === SMALLEST_READ) {
      // A larger one takes its place only if there is a next read.
      this.#readSize = LARGEST_READ;
      this.#room = undefined;
    }
    return count === 0 ? undefined : room.subarray(0, count);
  }

  /**
   * Reads what is available and fits, and returns the number of bytes: at least one, or 0 once the
   * peer has closed its side. The idle timeout runs meanwhile, and afresh after each
   * {@linkcode write} and {@linkcode working}.
   *
   * Rejects with the reason of an abort, after which the read may still write to `room`, and if the
   * connection was reset.
   */
  readInto(room: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.#transfer(this.#conn.read(room), (count) => this.#received += count);
  }

  /**
   * Reads and discards until the peer has closed its side. No idle timeout runs: nothing is expected
   * of the peer.
   *
   * Rejects as {@linkcode readInto}.
   */
  async drain(): Promise<void> {
    const room = new Uint8Array(SMALLEST_READ);
    while (await this.orAborted(this.#conn.read(room)) !== null);
  }

  /**
   * Writes all of `bytes`. The idle timeout runs while the peer takes nothing.
   *
   * Rejects with the reason of an abort, and if the connection was lost.
   */
  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#transfer(this.#conn.write(rest)));
    }
  }

  /**
   * Settles as `work`, for which the peer waits: its silence meanwhile does not count. Rejects as soon
   * as the connection is aborted.
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

  /** Half-closes the connection: no more bytes follow. */
  async closeWrite(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Rejects everything that waits on this connection. The code that serves the connection then closes it. */
  abort(reason: Error): void {
    this.#reason ??= reason;
    for (const reject of this.#pending) reject(this.#reason);
  }

  /** Settles as `promise`, or rejects with the reason as soon as the connection is aborted. */
  orAborted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) reject(this.#reason);
      this.#pending.add(reject);
      promise.then(resolve, reject).then(() => this.#pending.delete(reject));
    });
  }

  /** Closes both sides; does nothing if already closed. */
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

  /**
   * Number of bytes that a read or write has transferred. The idle timeout runs meanwhile. One promise
   * for all of it: this is done for every few kilobytes.
   */
  #transfer(
    transferred: Promise<number | null>,
    onCount: (count: number) => void = () => {},
  ): Promise<number> {
    this.#waits++;
    this.#restartTimeout();
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#pending.delete(reject);
        this.#waits--;
        this.#restartTimeout();
      };
      this.#pending.add(reject);
      if (this.#reason !== undefined) reject(this.#reason);
      transferred.then((count) => {
        end();
        onCount(count ?? 0);
        resolve(count ?? 0);
      }, (error) => {
        end();
        reject(error);
      });
    });
  }

  /** A read may be pending while its answer is written: the watch knows this connection only once. */
  #restartTimeout(): void {
    this.#watch.end(this);
    if (this.#waits > 0 && this.#works === 0 && !this.#closed) this.#watch.begin(this);
  }
}
