import type { Option } from "../command/arguments.ts";
import { LISTEN_HOST, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { oneOf } from "../command/values.ts";
import type { Connection } from "../net/connection.ts";
import { serveAllAtOnce, serveOneAndRefuse } from "../net/listener.ts";
import { CONCURRENT_SERVER_OPTIONS, serve } from "../server/serve.ts";
import { converse } from "./conversation.ts";
import { EvaluationThread } from "./evaluation_thread.ts";
import { SharedThread } from "./shared_thread.ts";

const WAYS = ["one", "threads", "select"] as const;

const SERVE: Option<typeof WAYS[number]> = {
  name: "serve",
  placeholder: "WAY",
  about: "one client at a time, others are refused: one; all at once, " +
    "each on a thread of its own: threads; all at once, on a single thread: select",
  default: "select",
  parse: oneOf(WAYS),
};

/** The permissions that are needed while it serves. */
const NEEDS = {
  one: ["net"], // It listens again after each client.
  threads: ["read"], // It loads what runs on them.
  select: [],
} as const;

/** accio calculator-server: answers arithmetic expressions. */
export const calculatorServer: Program = {
  name: "calculator-server",
  summary: "Answer arithmetic expressions as Python does.",
  operands: [LISTEN_HOST, LISTEN_PORT],
  options: [SERVE, ...CONCURRENT_SERVER_OPTIONS],
  flags: [],
  details: `\
A request is an expression that ends at a newline, and so does its answer. Bytes
after which nothing comes for 20 ms are a request too, with an answer without a
newline. A client can ask as often as it likes, until it closes.

There are integers of any size, floats, + - * / // % **, comparisons,
parentheses, and abs, round, min, max, pow, sum, divmod, int, float, with the
values and the text that Python 3 has for them. Everything else is answered
INVALID STATEMENT: also an expression of more than 64 KiB, an integer of more
than 4300 digits, and what would take too long.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0.`,
  example: "--serve=threads 127.0.0.1 5001",
  async run(args, host) {
    const way = args.get(SERVE);
    const shared = new SharedThread();
    await serve(args, host, {
      host: args.get(LISTEN_HOST),
      port: args.get(LISTEN_PORT),
      dispatch: way === "one" ? serveOneAndRefuse : serveAllAtOnce,
      needs: NEEDS[way],
      async serve(connection) {
        connection.signal.addEventListener("abort", () => connection.close());
        const requests = way === "threads"
          ? await converseOnThread(connection)
          : await converse(connection, shared.client());
        return { requests };
      },
    });
  },
};

async function converseOnThread(connection: Connection): Promise<number> {
  using thread = new EvaluationThread();
  // A shutdown waits neither for an evaluation nor for the end of the thread.
  connection.signal.addEventListener("abort", () => thread.abandon());
  return await converse(connection, (expression) => thread.evaluate(expression));
}
