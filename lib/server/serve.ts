/**
 * What all servers have in common: they listen as the command line says, give up
 * the permissions that they no longer need, serve, and tell what became of each client.
 *
 * @module
 */

import type { Arguments, Option } from "../command/arguments.ts";
import { describe } from "../command/errors.ts";
import { keepOnly, type Permission } from "../command/permissions.ts";
import type { Host } from "../command/program.ts";
import type { Connection } from "../net/connection.ts";
import { Listener, type ListenOptions, type Serve, serveAllAtOnce } from "../net/listener.ts";
import { ALLOW, isAllowed, MAX_CONNECTIONS } from "./admission.ts";
import { type Client, type Event, Journal, type Leftovers, LOG, type Served } from "./journal.ts";
import { StatusLine } from "./status_line.ts";

/** The options that every server has. */
export const SERVER_OPTIONS: readonly Option<unknown>[] = [ALLOW, LOG];
/** The options of a server that serves all clients at once. */
export const CONCURRENT_SERVER_OPTIONS: readonly Option<unknown>[] = [
  MAX_CONNECTIONS,
  ...SERVER_OPTIONS,
];

/** What is to be known of a connection. */
export interface Context {
  /** The first connection is 1. */
  readonly number: number;
  /** To be called when the client has to wait for others. */
  readonly onWait: () => void;
}

/** How a server serves. */
export interface Service extends Pick<ListenOptions, "host" | "port" | "ready"> {
  /** How long a client may be silent, in milliseconds; as long as it likes, unless given. */
  readonly idleTimeout?: number;
  /** One connection after another, or all at once, which it does unless told otherwise. */
  readonly dispatch?: (connections: Listener, serve: Serve) => Promise<void>;
  /** The permissions that are needed while it serves. */
  readonly needs: readonly Permission[];
  /** The number of the first connection; 1 unless given. */
  readonly firstNumber?: number;
  /** Files of an earlier run that will be replaced. */
  readonly leftovers?: Leftovers;
  /** Whether a terminal shows how the server is doing. */
  readonly showsStatus?: boolean;
  /**
   * Serves one connection, which is closed when this is over. Rejects with what went wrong.
   */
  readonly serve: (connection: Connection, context: Context) => Promise<Served>;
}

/**
 * Serves every connection until the shutdown.
 *
 * @throws {ListenError} when the port can't be had
 */
export async function serve(args: Arguments, host: Host, service: Service): Promise<void> {
  const { dispatch = serveAllAtOnce, needs, firstNumber = 1, showsStatus = false } = service;
  const count = { open: 0, done: 0, errors: 0 };
  const listener = new Listener({
    host: service.host,
    port: service.port,
    idleTimeout: service.idleTimeout ?? Infinity,
    ...service.ready && { ready: service.ready },
    maxConnections: args.declares(MAX_CONNECTIONS) ? args.get(MAX_CONNECTIONS) : Infinity,
    shutdown: host.shutdown,
    isAllowed: isAllowed(args),
    onRefuse: (client) =>
      tell({ event: "refused", client, reason: `--${ALLOW.name} does not include it` }),
    onPause: (reason) => tell({ event: "pausing", reason: describe(reason) }),
  });
  const format = args.get(LOG);
  using status = showsStatus && format === "text" && host.stderr.isTerminal
    ? new StatusLine(host.stderr, () => ({ ...count, received: listener.received }))
    : undefined;
  const journal = new Journal(host.stderr, format, status);
  keepOnly(...needs);
  if (service.leftovers) tell({ event: "leftovers", ...service.leftovers });
  tell({ event: "listening", address: `${service.host}:${service.port}` });
  await dispatch(listener, async (connection, nth) => {
    using _ = connection;
    const number = firstNumber + nth - 1;
    const client: Client = { number, client: connection.peer };
    count.open++;
    try {
      const onWait = () => tell({ event: "waiting", ...client });
      const served = await service.serve(connection, { number, onWait });
      count.done++;
      tell({ event: "served", ...client, ...served });
    } catch (error) {
      count.errors++;
      tell({ event: "error", ...client, reason: describe(error) });
    } finally {
      count.open--;
    }
  });

  function tell(event: Event): void {
    journal.tell(event);
  }
}
