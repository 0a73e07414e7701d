/**
 * What all servers do: listen as the command line specifies, give up the permissions they no longer need,
 * serve, and log the outcome of each connection.
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
import { type Client, type Leftovers, LOG, Log, type Served } from "./log.ts";
import { StatusLine } from "./status_line.ts";

/** The options that every server has. */
export const SERVER_OPTIONS: readonly Option<unknown>[] = [ALLOW, LOG];
/** The options of a server that serves all clients at once. */
export const CONCURRENT_SERVER_OPTIONS: readonly Option<unknown>[] = [
  MAX_CONNECTIONS,
  ...SERVER_OPTIONS,
];

/** A connection's place among the others. */
export interface Context {
  /** The first connection is 1, unless the service says otherwise. */
  readonly number: number;
  /** Logs that the client has to wait for others. */
  readonly onWait: () => void;
}

/** How a server serves. */
export interface Service
  extends Pick<ListenOptions, "host" | "port" | "idleTimeout" | "maxConnections" | "ready"> {
  /**
   * The order in which connections are served.
   *
   * @default {serveAllAtOnce}
   */
  readonly dispatch?: (connections: Listener, serve: Serve) => Promise<void>;
  /** The permissions that are needed while it serves. */
  readonly needs: readonly Permission[];
  /**
   * The number of the first connection.
   *
   * @default 1
   */
  readonly firstNumber?: number;
  /** Files of an earlier run that will be replaced. */
  readonly leftovers?: Leftovers;
  /** Whether the last line of a terminal shows the server's current state. */
  readonly showsStatus?: boolean;
  /** Serves one connection, which is closed afterwards. Rejects with the reason for an error. */
  readonly serve: (connection: Connection, context: Context) => Promise<Served>;
}

/**
 * Serves every connection until the shutdown.
 *
 * @throws {ListenError} if the port can't be listened on
 */
export async function serve(args: Arguments, host: Host, service: Service): Promise<void> {
  const { dispatch = serveAllAtOnce, needs, firstNumber = 1, showsStatus = false } = service;
  const count = { open: 0, done: 0, errors: 0 };
  const listener = new Listener({
    ...service,
    shutdown: host.shutdown,
    isAllowed: isAllowed(args),
    onRefuse: (client) =>
      log.write({ event: "refused", client, reason: `--${ALLOW.name} does not include it` }),
    onPause: (reason) => log.write({ event: "pausing", reason: describe(reason) }),
  });
  const format = args.get(LOG);
  using status = showsStatus && format === "text" && host.stderr.isTerminal
    ? new StatusLine(host.stderr, () => ({ ...count, received: listener.received }))
    : undefined;
  const log = new Log(host.stderr, format, status);
  keepOnly(...needs);
  if (service.leftovers) log.write({ event: "leftovers", ...service.leftovers });
  log.write({ event: "listening", address: `${service.host}:${service.port}` });
  await dispatch(listener, async (connection, nth) => {
    using _ = connection;
    const number = firstNumber + nth - 1;
    const client: Client = { number, client: connection.peer };
    count.open++;
    try {
      const onWait = () => log.write({ event: "waiting", ...client });
      const served = await service.serve(connection, { number, onWait });
      count.done++;
      log.write({ event: "served", ...client, ...served });
    } catch (error) {
      count.errors++;
      log.write({ event: "error", ...client, reason: describe(error) });
    } finally {
      count.open--;
    }
  });
}
