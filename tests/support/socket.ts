/**
 * Raw TCP sockets for playing well- or badly-behaved peers.
 *
 * @module
 */

import { concat } from "./data.ts";
import { eventually, PATIENCE, within } from "./time.ts";

/** A socket under the full control of a test. */
export class Socket implements Disposable {
  readonly #conn: Deno.TcpConn;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects to a port of this machine. */
  static async connect(port: number): Promise<Socket> {
    return new Socket(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends all of the bytes. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#conn.write(rest));
    }
  }

  /** Sends one byte a segment. */
  async sendSlowly(bytes: Uint8Array): Promise<void> {
    await this.sendInPieces(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  }

  /** Sends each piece in segments of its own. */
  async sendInPieces(pieces: readonly Uint8Array[]): Promise<void> {
    this.#conn.setNoDelay(true);
    for (const piece of pieces) await this.send(piece);
  }

  /** Reads exactly `length` bytes. */
  async read(
    length: number,
    timeout = PATIENCE,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const count = await within(
        timeout,
        this.#conn.read(bytes.subarray(at)),
        () => `${length} bytes; ${at} came`,
      );
      if (count === null) throw new Error(`the peer closed after ${at} bytes`);
      at += count;
    }
    return bytes;
  }

  /** Reads once. */
  async readSome(timeout = PATIENCE): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(65536);
    const count = await within(timeout, this.#conn.read(bytes), () => "some bytes");
    return bytes.subarray(0, count ?? 0);
  }

  /** Reads until the peer closes; a reset counts as that too. */
  async readToEnd(timeout = PATIENCE): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const buffer = new Uint8Array(65536);
      const count = await within(
        timeout,
        this.#conn.read(buffer).catch(() => null),
        () => "the peer's close",
      );
      if (count === null) return concat(...parts);
      parts.push(buffer.subarray(0, count));
    }
  }

  /** Number of bytes accepted before the peer takes none for `quiet` ms, if it never reads. */
  async fill(quiet: number): Promise<number> {
    const piece = new Uint8Array(1 << 20);
    for (let sent = 0;;) {
      const write = this.#conn.write(piece);
      const count = await within(quiet, write, () => "room").catch(() => undefined);
      if (count === undefined) return sent;
      sent += count;
    }
  }

  /** Half-closes the connection. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** With --serve=one, the port is closed for a moment after a client has left. */
export async function connectSoon(port: number): Promise<Socket> {
  let socket: Socket | undefined;
  await eventually(async () => {
    try {
      socket = await Socket.connect(port);
      return true;
    } catch {
      return false;
    }
  }, () => "a connection");
  if (socket === undefined) throw new Error("there is no connection");
  return socket;
}
