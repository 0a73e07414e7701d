import type { Option } from "../command/arguments.ts";
import { LISTEN_HOST, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { countLimit, oneOf } from "../command/values.ts";
import { serveAllAtOnce, serveOneAndRefuse } from "../net/listener.ts";
import { IDLE_TIMEOUT } from "../server/admission.ts";
import { CONCURRENT_SERVER_OPTIONS, serve } from "../server/serve.ts";
import { converse } from "./conversation.ts";
import { SharedThread } from "./shared_thread.ts";
import { ThreadPool } from "./thread_pool.ts";

const WAYS = ["one", "threads", "select"] as const;

const SERVE: Option<typeof WAYS[number]> = {
  name: "serve",
  placeholder: "WAY",
  about: "one client at a time, others are refused: one; all at once, " +
    "each on a thread of its own: threads; all at once, on a single thread: select",
  default: "select",
  parse: oneOf(WAYS),
};

/**
 * Five threads stay below 1 GB under the heaviest requests, and leave one to others while four
 * clients send such requests without end.
 */
const THREADS: Option<number> = {
  name: "threads",
  placeholder: "NUMBER",
  about: "how many threads --serve=threads runs; further expressions wait for a free one",
  default: "5",
  parse: countLimit,
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
  options: [SERVE, THREADS, IDLE_TIMEOUT, ...CONCURRENT_SERVER_OPTIONS],
  flags: [],
  details: `\
A request is an expression that ends at a newline, and so does its answer. Bytes
after which nothing comes for 20 ms are a request too, with an answer without a
newline. A client can ask as often as it likes, until it closes.

There are integers of any size, floats, + - * / // % **, comparisons,
parentheses, and abs, round, min, max, pow, sum, divmod, int, float, with the
values and the text that Python 3 has for them. Everything else is answered
INVALID STATEMENT: also an expression of more than 64 KiB, an integer of more
than 4300 digits, and what would take too long. A sum of floats is compensated
as in Python 3.14. A power of floats is the float nearest to the exact power;
the C library that Python uses misses it in the last digit about once in a
thousand times.

With --serve=threads, an expression is evaluated on a thread that no other one
uses meanwhile. While all --threads are taken, expressions wait for one in order
of arrival. Memory stays below 1 GB with the default; count 120 MB for each
thread more. With --timeout, a client is disconnected after a silence of that
length; the time that its answers take does not count.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0.`,
  example: "--serve=threads 127.0.0.1 5001",
  async run(args, host) {
    const way = args.get(SERVE);
    const shared = new SharedThread();
    const pool = new ThreadPool({ threads: args.get(THREADS) });
    await serve(args, host, {
      host: args.get(LISTEN_HOST),
      port: args.get(LISTEN_PORT),
      dispatch: way === "one" ? serveOneAndRefuse : serveAllAtOnce,
      idleTimeout: args.get(IDLE_TIMEOUT),
      needs: NEEDS[way],
      async serve(connection) {
        const evaluate = way === "threads"
          ? (expression: string) => pool.evaluate(expression)
          : shared.client();
        return { requests: await converse(connection, evaluate) };
      },
    });
  },
};
