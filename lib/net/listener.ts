/**
 * A TCP server's listening socket, and the ways to serve what it accepts.
 *
 * @module
 */

import { Connection, Shutdown } from "./connection.ts";
import { IdleWatch } from "./idle.ts";

/** What a {@linkcode Listener} needs to know. */
export interface ListenOptions {
  /** The local address to listen on. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** How long a connection may wait for its peer, in milliseconds; `Infinity` for no limit. */
  readonly idleTimeout: number;
  /** Ends accepting, and every connection. */
  readonly shutdown: AbortSignal;
  /** Told when accepting has to pause, with the reason; once a minute at most. */
  readonly onPause: (reason: Error) => void;
  /** How many connections may be open; the next ones wait in the backlog. No limit unless given. */
  readonly maxConnections?: number;
  /**
   * Whether an address, like `10.1.2.3`, may connect; every one may, unless given. Others
   * are closed at once, and are no connections.
   */
  readonly isAllowed?: (address: string) => boolean;
  /** Told the address and port, like `10.1.2.3:4567`, of each who may not. */
  readonly onRefuse?: (peer: string) => void;
  /** Waited for before each connection is accepted; where it rejects, accepting pauses. */
  readonly ready?: () => Promise<void>;
}

/** The address to listen on can't be had; the message says why. */
export class ListenError extends Error {
  override readonly name = "ListenError";

  constructor(host: string, port: number, cause: unknown) {
    super(reason(host, port, cause), { cause });
  }
}

function reason(host: string, port: number, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `port ${port} is in use by another program; take a free one`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return `port ${port} needs privileges that you do not have; take one above 1023`;
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return `can't listen on ${host}:${port}: ${why}`;
}

/** How many connections may wait to be accepted; the kernel's own limit may be lower. */
const BACKLOG = 4096;
/** How long accepting rests (ms) when the system can't give it a connection now. */
const PAUSE = 50;
/** How long (ms) nothing more is said about such rests. */
const SAID_FOR = 60_000;

/** Whether a connection could not be accepted because its client has reset it meanwhile. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.NotConnected;
}

/** @throws {ListenError} when the address can't be had */
function listen({ host, port }: ListenOptions): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: host, port, tcpBacklog: BACKLOG });
  } catch (cause) {
    throw new ListenError(host, port, cause);
  }
}

/**
 * The connections that come, one by one, until the shutdown.
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
  /** Missing while connections are refused. */
  #socket: Deno.TcpListener | undefined;
  readonly #open = new Set<Connection>();
  /** From connections that are closed. */
  #received = 0;
  #closed = Promise.withResolvers<void>();
  #pauseTold = -Infinity;

  /**
   * Starts to listen.
   *
   * @throws {ListenError} when the address can't be had
   */
  constructor(options: ListenOptions) {
    this.#options = options;
    this.#watch = new IdleWatch(options.idleTimeout);
    this.#socket = listen(options);
  }

  /** How many bytes have come in all. */
  get received(): number {
    let received = this.#received;
    for (const connection of this.#open) received += connection.received;
    return received;
  }

  /** From now on connections are refused, until the next one is asked for. */
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
      // A client whose machine vanished is found out even where no timeout runs.
      conn.setKeepAlive(true);
    } catch {
      // The client has reset the connection: the first read reports it.
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

  /** Resolves when there may be one connection more. */
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
        this.#socket ??= listen(this.#options);
        return await this.#socket.accept();
      } catch (error) {
        if (isGone(error)) continue;
        if (shutdown.aborted) break;
        // There is no descriptor left, say: that passes.
        if (error instanceof Error) this.#tellPause(error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
    return undefined;
  }

  #tellPause(reason: Error): void {
    const now = performance.now();
    if (now - this.#pauseTold < SAID_FOR) return;
    this.#pauseTold = now;
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

/** Serves one connection after another, in order of arrival; the next ones wait in the backlog. */
export async function serveOneByOne(
  connections: AsyncIterable<Connection>,
  serve: Serve,
): Promise<void> {
  let number = 0;
  for await (const connection of connections) {
    await serve(connection, ++number);
  }
}

/** Serves one connection after another; while one is served, the system refuses all others. */
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
