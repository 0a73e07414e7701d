/**
 * What both Accio servers have in common: each connection is an upload.
 *
 * @module
 */

import type { Arguments } from "../command/arguments.ts";
import { ALL_INTERFACES, LISTEN_PORT } from "../command/endpoints.ts";
import type { Host } from "../command/program.ts";
import { BlockMemory, type ReadAhead } from "../net/block_memory.ts";
import { serve, type Service } from "../server/serve.ts";
import { IDLE_TIMEOUT, MAX_SIZE, SERVER_PROTOCOL } from "./parameters.ts";
import { receive, type Sink } from "./upload.ts";

/** How an Accio server serves. */
export interface UploadService extends Omit<Service, "host" | "port" | "idleTimeout" | "serve"> {
  /** Called as soon as a connection has its number. */
  readonly claim?: (number: number) => Promise<void>;
  /** Makes the sink for an upload from the number of its connection. */
  readonly makeSink: (number: number) => Sink;
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
  { claim, makeSink, readAhead, ...service }: UploadService,
): Promise<void> {
  const options = {
    edition: args.get(SERVER_PROTOCOL),
    maxSize: args.get(MAX_SIZE),
    memory: new BlockMemory(readAhead),
  };
  await serve(args, host, {
    ...service,
    host: ALL_INTERFACES,
    port: args.get(LISTEN_PORT),
    idleTimeout: args.get(IDLE_TIMEOUT),
    async serve(connection, { number }) {
      await claim?.(number);
      return { bytes: await receive(connection, makeSink(number), options) };
    },
  });
}
