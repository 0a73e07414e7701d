/**
 * A TCP server's listening socket, and the ways to serve what it accepts.
 *
 * @module
 */

import { Connection, Shutdown } from "./connection.ts";
import { IdleWatch } from "./idle.ts";

/** How a {@linkcode Listener} listens and accepts. */
export interface ListenOptions {
  /** The local address to listen on. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** The time that a connection may wait for its peer, in milliseconds; `Infinity` for no limit. */
  readonly idleTimeout: number;
  /** Stops accepting and aborts every connection. */
  readonly shutdown: AbortSignal;
  /** Called with the reason if accepting has to pause; at most once a minute. */
  readonly onPause: (reason: Error) => void;
  /**
   * Number of connections that may be open; further ones wait in the backlog.
   *
   * @default Infinity
   */
  readonly maxConnections?: number;
  /** Whether an address, like `10.1.2.3`, may connect. Others are closed at once, before the greeting. */
  readonly isAllowed?: (address: string) => boolean;
  /** Called with the address and port, like `10.1.2.3:4567`, of each connection that was not allowed. */
  readonly onRefuse?: (peer: string) => void;
  /** Awaited before each accept; if it rejects, accepting pauses. */
  readonly ready?: () => Promise<void>;
}

/** The address can't be listened on; the message says why. */
export class ListenError extends Error {
  override readonly name = "ListenError";

  constructor(host: string, port: number, cause: unknown) {
    super(reason(host, port, cause), { cause });
  }
}

function reason(host: string, port: number, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `port ${port} is in use by another program; choose a free one`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return `port ${port} needs privileges that you do not have; choose one above 1023`;
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return `can't listen on ${host}:${port}: ${why}`;
}

/** Number of connections that may wait to be accepted; the kernel's limit may be lower. */
const BACKLOG = 4096;
/** Pause (ms) before the next accept if the system can't provide a connection now. */
const PAUSE = 50;
/** Time (ms) between two reports of such pauses. */
const REPORT_INTERVAL = 60_000;

/** Whether a connection could not be accepted because its client reset it first. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.NotConnected;
}

/** @throws {ListenError} if the address can't be listened on */
function listen({ host, port }: ListenOptions): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: host, port, tcpBacklog: BACKLOG });
  } catch (cause) {
    throw new ListenError(host, port, cause);
  }
}

/**
 * Accepts connections, one by one, until the shutdown.
 *
 * ```ts ignore
 * for await (const connection of listener) {
 *   // …
 * }
 * ```
 */
export class Listener implements AsyncIterable<Connection> {
  readonly #options: ListenOptions;
  readonly #watch: IdleWatch;
  /** `undefined` while connections are refused. */
  #socket: Deno.TcpListener | undefined;
  readonly #open = new Set<Connection>();
  /** Bytes received by connections that are closed. */
  #received = 0;
  #closed = Promise.withResolvers<void>();
  #reported = -Infinity;

  /**
   * Starts to listen.
   *
   * @throws {ListenError} if the address can't be listened on
   */
  constructor(options: ListenOptions) {
    this.#options = options;
    this.#watch = new IdleWatch(options.idleTimeout);
    this.#socket = listen(options);
  }

  /** Number of bytes received by all connections. */
  get received(): number {
    let received = this.#received;
    for (const connection of this.#open) received += connection.received;
    return received;
  }

  /** Refuses connections until the next one is requested. */
  refuse(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Connection> {
    const { shutdown } = this.#options;
    const stop = () => this.#stop();
    shutdown.addEventListener("abort", stop);
    if (shutdown.aborted) stop();
    try {
      while (!shutdown.aborted) {
        await this.#room();
        const conn = await this.#accept();
        if (conn !== undefined && this.#isAllowed(conn)) yield this.#connect(conn);
      }
    } finally {
      shutdown.removeEventListener("abort", stop);
      stop();
    }
  }

  #connect(conn: Deno.TcpConn): Connection {
    const connection = new Connection(
      conn,
      this.#watch,
      (closed) => this.#forget(closed),
    );
    this.#open.add(connection);
    try {
      // Detects a client whose machine has vanished even without a timeout.
      conn.setKeepAlive(true);
    } catch {
      // The client has reset the connection, which the first read reports.
    }
    if (this.#options.shutdown.aborted) connection.abort(new Shutdown());
    return connection;
  }

  #forget(connection: Connection): void {
    this.#open.delete(connection);
    this.#received += connection.received;
    this.#closed.resolve();
    this.#closed = Promise.withResolvers();
  }

  /** Resolves when another connection may be opened. */
  async #room(): Promise<void> {
    const { maxConnections = Infinity } = this.#options;
    while (this.#open.size >= maxConnections) await this.#closed.promise;
  }

  #isAllowed(conn: Deno.TcpConn): boolean {
    const { isAllowed, onRefuse } = this.#options;
    const { hostname, port } = conn.remoteAddr;
    if (isAllowed?.(hostname) ?? true) return true;
    conn.close();
    onRefuse?.(`${hostname}:${port}`);
    return false;
  }

  /** The next connection; `undefined` once the listener is stopped. */
  async #accept(): Promise<Deno.TcpConn | undefined> {
    const { shutdown } = this.#options;
    while (!shutdown.aborted) {
      try {
        await this.#options.ready?.();
        if (shutdown.aborted) break;
        this.#socket ??= listen(this.#options);
        return await this.#socket.accept();
      } catch (error) {
        if (isGone(error)) continue;
        if (shutdown.aborted) break;
        // No free file descriptor, for example: that passes.
        if (error instanceof Error) this.#reportPause(error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
    return undefined;
  }

  #reportPause(reason: Error): void {
    const now = performance.now();
    if (now - this.#reported < REPORT_INTERVAL) return;
    this.#reported = now;
    this.#options.onPause(reason);
  }

  #stop(): void {
    this.refuse();
    const reason = new Shutdown();
    for (const connection of this.#open) connection.abort(reason);
    this.#watch.stop();
  }
}

/** Serves one connection; never rejects, and leaves the connection closed. */
export type Serve = (connection: Connection, number: number) => Promise<void>;

/** Serves one connection after another, in order of arrival; further ones wait in the backlog. */
export async function serveOneByOne(
  connections: AsyncIterable<Connection>,
  serve: Serve,
): Promise<void> {
  let number = 0;
  for await (const connection of connections) {
    await serve(connection, ++number);
  }
}

/** Serves one connection after another; meanwhile the system refuses all others. */
export async function serveOneAndRefuse(
  connections: Listener,
  serve: Serve,
): Promise<void> {
  let number = 0;
  for await (const connection of connections) {
    connections.refuse();
    await serve(connection, ++number);
  }
}

/** Serves all connections at once; resolves when the last one has ended. */
export async function serveAllAtOnce(
  connections: AsyncIterable<Connection>,
  serve: Serve,
): Promise<void> {
  const serving = new Set<Promise<void>>();
  let number = 0;
  for await (const connection of connections) {
    const served = serve(connection, ++number);
    serving.add(served);
    served.finally(() => serving.delete(served));
  }
  await Promise.all(serving);
}
