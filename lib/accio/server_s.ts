import { ALL_INTERFACES, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { Blocks } from "../net/blocks.ts";
import { serveOneByOne } from "../net/listener.ts";
import { serve, SERVER_OPTIONS } from "../server/serve.ts";
import { CountSink } from "./count_sink.ts";
import { IDLE_TIMEOUT, receiveOptions, UPLOAD_OPTIONS } from "./parameters.ts";
import { receive } from "./receive.ts";

/** Size of the largest block in bytes: one that stays in the processor's cache, as it is only counted. */
const LARGEST_BLOCK = 256 * 1024;

/** accio-server-s: counts what each client sends, one client after another. */
export const accioServerS: Program = {
  name: "server-s",
  summary: "Count the bytes that each client sends, one client after another.",
  operands: [LISTEN_PORT],
  options: [...UPLOAD_OPTIONS, ...SERVER_OPTIONS],
  flags: [],
  details: `\
Prints one line for every connection when it ends: the number of bytes of the
client's file, or ERROR. Further clients wait meanwhile; none is refused. An
error is a silence longer than the timeout, a reset, anything that the protocol
does not allow, a file over a limit, or the end of the server.

--timeout limits each silence of a client, not the whole upload: a client that
sends a byte every 9 seconds keeps the others waiting. --max-time limits the
whole.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0.`,
  example: "5000",
  async run(args, host) {
    const options = receiveOptions(args, new Blocks(LARGEST_BLOCK));
    await serve(args, host, {
      host: ALL_INTERFACES,
      port: args.get(LISTEN_PORT),
      idleTimeout: args.get(IDLE_TIMEOUT),
      dispatch: serveOneByOne,
      needs: [],
      async serve(connection) {
        return { bytes: await receive(connection, new CountSink(host.stdout), options) };
      },
    });
  },
};
