import { Connection, Shutdown } from "./connection.ts";
import { IdleWatch } from "./idle.ts";

/** What {@linkcode connect} needs to know. */
export interface ConnectOptions {
  /** A name or an address. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** How long connecting may last, in milliseconds. */
  readonly timeout: number;
  /** How long the peer may be silent then, in milliseconds; as long as it likes, unless given. */
  readonly idleTimeout?: number;
  /** Ends the connection. */
  readonly shutdown: AbortSignal;
}

/** No connection could be made; the message says why. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
}

/**
 * Connects to a server. The connection is closed when its signal is aborted.
 *
 * @throws {ConnectError} when that fails or takes too long
 * @throws {Shutdown} when the shutdown came first
 */
export async function connect(
  { host, port, timeout, idleTimeout = Infinity, shutdown }: ConnectOptions,
): Promise<Connection> {
  const giveUp = new AbortController();
  const late = new ConnectError(
    `${host}:${port} did not answer within ${timeout / 1000} seconds`,
  );
  const timer = setTimeout(() => giveUp.abort(late), timeout);
  const stop = () => giveUp.abort(new Shutdown());
  shutdown.addEventListener("abort", stop);
  if (shutdown.aborted) stop();
  try {
    const conn = await Promise.race([
      Deno.connect({ hostname: host, port, signal: giveUp.signal }),
      // Looking up a name does not always end by itself.
      aborted(giveUp.signal),
    ]);
    const watch = new IdleWatch(idleTimeout);
    const abort = () => connection.abort(new Shutdown());
    const connection = new Connection(conn, watch, () => {
      watch.stop();
      shutdown.removeEventListener("abort", abort);
    });
    shutdown.addEventListener("abort", abort);
    connection.signal.addEventListener("abort", () => connection.close());
    return connection;
  } catch (error) {
    if (giveUp.signal.aborted) throw giveUp.signal.reason;
    throw new ConnectError(reason(host, port, error), { cause: error });
  } finally {
    clearTimeout(timer);
    shutdown.removeEventListener("abort", stop);
  }
}

/** Rejects with the signal's reason when it is aborted, and never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    if (signal.aborted) reject(signal.reason);
  });
}

function reason(host: string, port: number, cause: unknown): string {
  if (cause instanceof Deno.errors.ConnectionRefused) {
    return `${host}:${port} refused the connection; is the server running?`;
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof URIError || /failed to lookup address/.test(why)) {
    return `there is no host ${JSON.stringify(host)}; check the name`;
  }
  return `can't connect to ${host}:${port}: ${why}`;
}
