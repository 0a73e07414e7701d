import { admission, ALLOW, MAX_CONNECTIONS } from "../command/admission.ts";
import { LISTEN_HOST, LISTEN_PORT } from "../command/endpoints.ts";
import { describe } from "../command/errors.ts";
import { keepOnly } from "../command/permissions.ts";
import type { Program } from "../command/program.ts";
import { Listener, serveAllAtOnce } from "../net/listener.ts";
import { echo } from "./echo.ts";

/** accio echo-server: returns to each client what it sends. */
export const echoServer: Program = {
  name: "echo-server",
  summary: "Return every byte to the client that sent it, all clients at once.",
  operands: [LISTEN_HOST, LISTEN_PORT],
  options: [ALLOW, MAX_CONNECTIONS],
  flags: [],
  details: `\
A connection lasts until its client closes it; however long that takes. When a
client closes its sending side only, it still gets everything back. A client
that sends without reading is not read either, until it reads.

SIGINT, SIGTERM and SIGQUIT end the server with exit status 0.`,
  example: "127.0.0.1 5000",
  async run(args, host) {
    const address = args.get(LISTEN_HOST);
    const port = args.get(LISTEN_PORT);
    const log = (line: string) => host.stderr.write(`${line}\n`);
    const listener = new Listener({
      host: address,
      port,
      idleTimeout: Infinity,
      shutdown: host.shutdown,
      maxConnections: args.get(MAX_CONNECTIONS),
      ...admission(args, log),
    });
    keepOnly();
    log(`listening on ${address}:${port}`);
    await serveAllAtOnce(listener, async (connection, number) => {
      const client = `${number} ${connection.peer}`;
      try {
        log(`${client}: ${await echo(connection)} bytes`);
      } catch (error) {
        log(`${client}: error: ${describe(error)}`);
      }
    });
  },
};
