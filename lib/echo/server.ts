import { LISTEN_HOST, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { IDLE_TIMEOUT, MAX_CONNECTIONS } from "../server/admission.ts";
import { CONCURRENT_SERVER_OPTIONS, serve } from "../server/serve.ts";
import { echo } from "./echo.ts";

/** accio echo-server: returns to each client what it sends. */
export const echoServer: Program = {
  name: "echo-server",
  summary: "Return every byte to the client that sent it, all clients at once.",
  operands: [LISTEN_HOST, LISTEN_PORT],
  options: [IDLE_TIMEOUT, ...CONCURRENT_SERVER_OPTIONS],
  flags: [],
  details: `\
A connection lasts until its client closes it; with --timeout, it also ends once
the client has neither sent nor read anything for that long. A client that
closes only its sending side still gets everything back. While a client sends
without reading, the server does not read either.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0.`,
  example: "127.0.0.1 5000",
  async run(args, host) {
    await serve(args, host, {
      host: args.get(LISTEN_HOST),
      port: args.get(LISTEN_PORT),
      idleTimeout: args.get(IDLE_TIMEOUT),
      maxConnections: args.get(MAX_CONNECTIONS),
      needs: [],
      serve: async (connection) => ({ bytes: await echo(connection) }),
    });
  },
};
