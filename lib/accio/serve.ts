/**
 * What both Accio servers have in common: they listen, receive uploads, and
 * tell what became of each.
 *
 * @module
 */

import { admission } from "../command/admission.ts";
import type { Arguments } from "../command/arguments.ts";
import { ALL_INTERFACES, LISTEN_PORT } from "../command/endpoints.ts";
import { describe } from "../command/errors.ts";
import { keepOnly, type Permission } from "../command/permissions.ts";
import type { Host } from "../command/program.ts";
import { BlockMemory, type ReadAhead } from "../net/block_reader.ts";
import { Listener, type ListenOptions, type Serve } from "../net/listener.ts";
import { IDLE_TIMEOUT, MAX_SIZE, SERVER_PROTOCOL } from "./parameters.ts";
import { receive } from "./upload.ts";

/** How an Accio server serves. */
export interface Service extends Pick<ListenOptions, "maxConnections" | "ready"> {
  /** One connection after another, or all at once. */
  readonly inTurn: (connections: Listener, serve: Serve) => Promise<void>;
  /** Called once the port is had, before anybody is served: no other server has it, then. */
  readonly begin?: () => Promise<void>;
  /** Called as soon as a connection has its number. */
  readonly claim?: (number: number) => Promise<void>;
  /** Makes the sink for an upload from the number of its connection. */
  readonly openSink: (number: number) => WritableStream<Uint8Array>;
  /** The permissions that are needed while it serves. */
  readonly needs: readonly Permission[];
  /** How much is read while the sink takes what came before. */
  readonly readAhead: ReadAhead;
}

/**
 * Listens as the arguments say and serves every connection until the shutdown.
 * Each upload ends in a sink of its own.
 *
 * @throws {ListenError} when the port can't be had
 */
export async function serveUploads(
  args: Arguments,
  host: Host,
  { inTurn, begin, claim, openSink, needs, readAhead, ...limits }: Service,
): Promise<void> {
  const port = args.get(LISTEN_PORT);
  const options = {
    edition: args.get(SERVER_PROTOCOL),
    maxSize: args.get(MAX_SIZE),
    memory: new BlockMemory(readAhead),
  };
  const listener = new Listener({
    host: ALL_INTERFACES,
    port,
    idleTimeout: args.get(IDLE_TIMEOUT),
    shutdown: host.shutdown,
    ...admission(args, log),
    ...limits,
  });
  keepOnly(...needs);
  await begin?.();
  log(`listening on ${ALL_INTERFACES}:${port}`);
  await inTurn(listener, async (connection, number) => {
    using _ = connection;
    const { peer } = connection;
    try {
      await claim?.(number);
      const size = await receive(connection, () => openSink(number), options);
      log(`${number} ${peer}: ${size} bytes`);
    } catch (error) {
      log(`${number} ${peer}: error: ${describe(error)}`);
    }
  });

  function log(line: string): void {
    host.stderr.write(`${line}\n`);
  }
}
