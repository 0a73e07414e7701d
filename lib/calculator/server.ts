import type { Option } from "../command/arguments.ts";
import { LISTEN_HOST, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { countLimit, oneOf } from "../command/values.ts";
import { serveAllAtOnce, serveOneAndRefuse } from "../net/listener.ts";
import { IDLE_TIMEOUT, MAX_CONNECTIONS } from "../server/admission.ts";
import { CONCURRENT_SERVER_OPTIONS, serve } from "../server/serve.ts";
import { converse } from "./conversation.ts";
import { Scheduler } from "./scheduler.ts";
import { ThreadPool } from "./thread_pool.ts";

const WAYS = ["one", "threads", "select"] as const;

const SERVE: Option<typeof WAYS[number]> = {
  name: "serve",
  placeholder: "WAY",
  about: "way to serve: one client at a time, refusing others (one); all at once, with a thread " +
    "for each expression (threads); or all at once on a single thread (select)",
  default: "select",
  parse: oneOf(WAYS),
};

/**
 * With the heaviest requests, five threads stay below 1 GB, and four clients that send them without a
 * pause leave a thread to the others.
 */
const THREADS: Option<number> = {
  name: "threads",
  placeholder: "NUMBER",
  about: "number of threads with --serve=threads; further expressions wait for a free one",
  default: "5",
  parse: countLimit,
};

/** The permissions needed while serving. */
const NEEDS = {
  one: ["net"], // To listen again after each client.
  threads: ["read"], // To load their code.
  select: [],
} as const;

/** accio calculator-server: evaluates arithmetic expressions. */
export const calculatorServer: Program = {
  name: "calculator-server",
  summary: "Evaluate arithmetic expressions as Python does.",
  operands: [LISTEN_HOST, LISTEN_PORT],
  options: [SERVE, THREADS, IDLE_TIMEOUT, ...CONCURRENT_SERVER_OPTIONS],
  flags: [],
  details: `\
A request is an expression and a newline, and its answer ends with a newline as
well. Bytes followed by a pause of 20 ms are also a request; its answer has no
newline. A client can send requests until it closes the connection.

Expressions consist of integers of any size, floats, + - * / // % **,
comparisons, parentheses, tuples, lists, and the functions abs, round, min, max,
pow, sum, divmod, int and float. Values and their text are those of Python 3.
Everything else is answered INVALID STATEMENT, including an expression of more
than 64 KiB, an integer of more than 4300 digits, and everything that would take
too long. A sum of floats is compensated as in Python 3.14. A power of floats is
correctly rounded; the C library that Python uses is wrong in the last digit
about once in a thousand times.

With --serve=threads, each expression has a thread to itself. While all threads
are busy, expressions wait in order of arrival. The default of --threads keeps
memory below 1 GB; each further thread takes up to 120 MB. With --timeout, a
client that is silent for longer is disconnected; the time to compute its
answers does not count.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0.`,
  example: "--serve=threads 127.0.0.1 5001",
  async run(args, host) {
    const way = args.get(SERVE);
    const scheduler = new Scheduler();
    const pool = new ThreadPool(args.get(THREADS));
    await serve(args, host, {
      host: args.get(LISTEN_HOST),
      port: args.get(LISTEN_PORT),
      dispatch: way === "one" ? serveOneAndRefuse : serveAllAtOnce,
      idleTimeout: args.get(IDLE_TIMEOUT),
      maxConnections: args.get(MAX_CONNECTIONS),
      needs: NEEDS[way],
      async serve(connection) {
        const evaluate = way === "threads"
          ? (expression: string) => pool.evaluate(expression)
          : scheduler.client();
        return { requests: await converse(connection, evaluate) };
      },
    });
  },
};
