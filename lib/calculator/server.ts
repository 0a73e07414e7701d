import { admission, ALLOW, MAX_CONNECTIONS } from "../command/admission.ts";
import type { Option } from "../command/arguments.ts";
import { LISTEN_HOST, LISTEN_PORT } from "../command/endpoints.ts";
import { describe } from "../command/errors.ts";
import { keepOnly } from "../command/permissions.ts";
import type { Program } from "../command/program.ts";
import { oneOf } from "../command/values.ts";
import type { Connection } from "../net/connection.ts";
import { Listener, serveAllAtOnce, serveOneAndRefuse } from "../net/listener.ts";
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
  options: [SERVE, ALLOW, MAX_CONNECTIONS],
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

SIGINT, SIGTERM and SIGQUIT end the server with exit status 0.`,
  example: "--serve=threads 127.0.0.1 5001",
  async run(args, host) {
    const log = (line: string) => host.stderr.write(`${line}\n`);
    const address = { host: args.get(LISTEN_HOST), port: args.get(LISTEN_PORT) };
    const way = args.get(SERVE);
    const listener = new Listener({
      ...address,
      idleTimeout: Infinity, // A connection lives until its client closes it.
      shutdown: host.shutdown,
      maxConnections: args.get(MAX_CONNECTIONS),
      ...admission(args, log),
    });
    keepOnly(...NEEDS[way]);
    log(`listening on ${address.host}:${address.port}`);
    const inTurn = way === "one" ? serveOneAndRefuse : serveAllAtOnce;
    const shared = new SharedThread();
    const serve = way === "threads"
      ? converseOnThread
      : (connection: Connection) => converse(connection, shared.client());
    await inTurn(listener, async (connection, number) => {
      using _ = connection;
      const { peer } = connection;
      connection.signal.addEventListener("abort", () => connection.close());
      try {
        const count = await serve(connection);
        log(`${number} ${peer}: ${count} requests`);
      } catch (error) {
        log(`${number} ${peer}: error: ${describe(error)}`);
      }
    });
  },
};

async function converseOnThread(connection: Connection): Promise<number> {
  using thread = new EvaluationThread();
  // A shutdown waits neither for an evaluation nor for the end of the thread.
  connection.signal.addEventListener("abort", () => thread.abandon());
  return await converse(connection, (expression) => thread.evaluate(expression));
}
