import { SERVER_HOST, SERVER_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { timeoutOption } from "../command/values.ts";
import { connect } from "../net/connect.ts";
import { sendMessage } from "./send.ts";

/** The longest wait for the connection, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

const TIMEOUT = timeoutOption("longest wait for the server's close after the message", "none");

/** accio message-client: sends its standard input as one message. */
export const messageClient: Program = {
  name: "message-client",
  summary: "Send standard input to a message server, as one message.",
  operands: [SERVER_HOST, SERVER_PORT],
  options: [TIMEOUT],
  flags: [],
  details: `\
Sends exactly what it reads, up to the end of file, as fast as the server takes
it: a server may let a message wait for others, so that has no limit. Then it
waits for the server to close the connection, which shows that everything was
taken, and prints a note after 10 seconds. What the server sends is ignored.

Exits with status 0 only after the last byte was handed to the network and the
server closed the connection cleanly after that. A server that closes it before
the whole message was sent is an error at once, even while the client waits for
more input. A server that does not answer within 10 seconds is an error.`,
  example: "127.0.0.1 5000 < README.md",
  async run(args, host) {
    using connection = await connect({
      host: args.get(SERVER_HOST),
      port: args.get(SERVER_PORT),
      timeout: CONNECT_TIMEOUT,
      shutdown: host.shutdown,
    });
    await sendMessage(connection, host.stdin, {
      timeout: args.get(TIMEOUT),
      onWait: () => {
        host.stderr.write(
          "the whole message is sent; waiting for the server to close the connection\n",
        );
      },
    });
  },
};
