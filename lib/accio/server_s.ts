import { LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { serveOneByOne } from "../net/listener.ts";
import { SERVER_OPTIONS } from "../server/serve.ts";
import { CountSink } from "./count_sink.ts";
import { UPLOAD_OPTIONS } from "./parameters.ts";
import { serveUploads } from "./serve.ts";

/** accio-server-s: counts what each client sends, one client after another. */
export const accioServerS: Program = {
  name: "server-s",
  summary: "Count the bytes that each client sends, one client after another.",
  operands: [LISTEN_PORT],
  options: [...UPLOAD_OPTIONS, ...SERVER_OPTIONS],
  flags: [],
  details: `\
For every connection, when it ends, one line on standard output: the number of
bytes of the client's file, or ERROR. The next clients wait meanwhile; none is
refused. An error is a silence longer than the timeout, a reset, anything that
the protocol does not allow, a file over the maximum, or the end of the server.

SIGINT, SIGTERM and SIGQUIT end the server with exit status 0.`,
  example: "5000",
  async run(args, host) {
    await serveUploads(args, host, {
      dispatch: serveOneByOne,
      makeSink: () => new CountSink((result) => host.stdout.write(`${result}\n`)),
      needs: [],
      // The sink keeps nothing, so one block stays in the processor's cache.
      readAhead: { blockSize: 256 * 1024, blocks: 1 },
    });
  },
};
