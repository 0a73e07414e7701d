import { ALL_INTERFACES, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { IDLE_TIMEOUT, MAX_CONNECTIONS } from "../server/admission.ts";
import { CONCURRENT_SERVER_OPTIONS, serve } from "../server/serve.ts";
import { printMessage } from "./message.ts";
import { Turns } from "./turns.ts";

/** accio message-server: prints the message that each client sends. */
export const messageServer: Program = {
  name: "message-server",
  summary: "Print the message that each client sends, exactly as it came.",
  operands: [LISTEN_PORT],
  options: [IDLE_TIMEOUT, ...CONCURRENT_SERVER_OPTIONS],
  flags: [],
  details: `\
A message is everything that a client sends until it closes its side. Each byte
is printed as soon as it arrives. Many clients can send at once, but messages
are never mixed: the one whose first byte came first is printed first, and the
others wait until it ends. A client that stalls in the middle of its message
holds up the others; with --timeout, its message ends there, as it does if the
client resets the connection.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0, and so
does a closed standard output.`,
  example: "5000 > messages",
  async run(args, host) {
    const turns = new Turns();
    await serve(args, host, {
      host: ALL_INTERFACES,
      port: args.get(LISTEN_PORT),
      idleTimeout: args.get(IDLE_TIMEOUT),
      maxConnections: args.get(MAX_CONNECTIONS),
      needs: [],
      async serve(connection, { onWait }) {
        return { bytes: await printMessage(connection, { output: host.stdout, turns, onWait }) };
      },
    });
  },
};
