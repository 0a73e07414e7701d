import { Connection, Shutdown } from "./connection.ts";
import { IdleWatch } from "./idle.ts";

/** Where and how to {@linkcode connect}. */
export interface ConnectOptions {
  /** A name or an address. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** The longest time to connect, in milliseconds. */
  readonly timeout: number;
  /**
   * The longest silence of the peer after that, in milliseconds.
   *
   * @default Infinity
   */
  readonly idleTimeout?: number;
  /** Aborts the connection. */
  readonly shutdown: AbortSignal;
}

/** No connection could be made; the message says why. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
}

/** Addresses instead of names: numbers with dots, and anything with a colon. */
const ADDRESS = /^[\d.]+$|:/;

/**
 * Connects to a server, at the first of its host's addresses that accepts. A shutdown aborts
 * the connection.
 *
 * @throws {ConnectError} if that fails or takes too long
 * @throws {Shutdown} if the shutdown comes first
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { idleTimeout = Infinity, shutdown } = options;
  const giveUp = new AbortController();
  const stop = () => giveUp.abort(new Shutdown());
  shutdown.addEventListener("abort", stop);
  if (shutdown.aborted) stop();
  try {
    const conn = await connectToAny(options, giveUp.signal);
    const watch = new IdleWatch(idleTimeout);
    const abort = () => connection.abort(new Shutdown());
    const connection = new Connection(conn, watch, () => {
      watch.stop();
      shutdown.removeEventListener("abort", abort);
    });
    shutdown.addEventListener("abort", abort);
    if (shutdown.aborted) abort();
    return connection;
  } finally {
    shutdown.removeEventListener("abort", stop);
  }
}

/** Tries one address after another: the compiled programs' runtime tries only a name's first one. */
async function connectToAny(
  { host, port, timeout }: ConnectOptions,
  giveUp: AbortSignal,
): Promise<Deno.TcpConn> {
  const late = new ConnectError(`${host}:${port} did not answer within ${timeout / 1000} seconds`);
  const end = performance.now() + timeout;
  const failures: unknown[] = [];
  try {
    const addresses = await attempt(timeout, late, giveUp, () => addressesOf(host));
    for (const [i, hostname] of addresses.entries()) {
      // An address that never answers leaves time for the others.
      const share = (end - performance.now()) / (addresses.length - i);
      try {
        return await attempt(
          share,
          late,
          giveUp,
          (signal) => Deno.connect({ hostname, port, signal }),
        );
      } catch (error) {
        giveUp.throwIfAborted();
        failures.push(error);
      }
    }
  } catch (error) {
    giveUp.throwIfAborted();
    failures.push(error);
  }
  // A refusal is the most useful reason; otherwise the failure of the first address.
  const cause = failures.find(isRefusal) ?? failures[0];
  throw cause === late ? late : new ConnectError(reason(host, port, cause), { cause });
}

/** The addresses of a host, in the system's order. */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (ADDRESS.test(host)) return [host];
  // In Deno 2.6 this import would print a deprecation warning.
  const { default: process } = await import("node:process");
  Object.assign(process, { noDeprecation: true });
  // Loaded only here: it takes time that an address does not need.
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(host, { all: true, verbatim: true });
  return found.length > 0 ? found.map(({ address }) => address) : [host];
}

/**
 * Settles as `act`, but rejects with `late` after `timeout` ms, and with the reason of `signal` when
 * that is aborted; in both cases the signal of `act` is aborted.
 */
async function attempt<T>(
  timeout: number,
  late: Error,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ended = new AbortController();
  const { promise: never, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    reject(reason);
    ended.abort(reason);
  };
  const stop = () => end(signal.reason);
  const timer = setTimeout(() => end(late), timeout);
  signal.addEventListener("abort", stop);
  try {
    // A lookup can't be aborted.
    return await Promise.race([never, act(ended.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionRefused;
}

function reason(host: string, port: number, cause: unknown): string {
  if (isRefusal(cause)) return `${host}:${port} refused the connection; is the server running?`;
  const why = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof URIError || /failed to lookup address|\bENOTFOUND\b/.test(why)) {
    return `there is no host ${JSON.stringify(host)}; check the name`;
  }
  return `can't connect to ${host}:${port}: ${why}`;
}
