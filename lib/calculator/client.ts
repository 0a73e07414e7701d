import { SERVER_HOST, SERVER_PORT } from "../command/endpoints.ts";
import { Failure } from "../command/errors.ts";
import { printable } from "../command/printable.ts";
import type { Host, Program } from "../command/program.ts";
import { connect } from "../net/connect.ts";
import type { Connection } from "../net/connection.ts";
import { inTime } from "../net/in_time.ts";
import { resolvesWithin } from "./timing.ts";

/** Longest time to connect, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
/** Longest time to receive an answer, in milliseconds. */
const ANSWER_TIMEOUT = 10_000;
/** Length (ms) of the pause that ends an answer if the server has never sent a newline. */
const ANSWER_PAUSE = 1000;
/** Maximum number of characters in an answer: several times what a calculator needs. */
const MAX_ANSWER = 64 * 1024;
const PROMPT = "> ";

/** accio calculator-client: sends expressions to a calculator server. */
export const calculatorClient: Program = {
  name: "calculator-client",
  summary: "Send expressions to a calculator server.",
  operands: [SERVER_HOST, SERVER_PORT],
  options: [],
  flags: [],
  details: `\
Each line of standard input is an expression, and each answer is printed on a
line. On a terminal the client prompts; Ctrl-D ends it.

An answer ends at a newline. If the server has never sent one, an answer ends
at a pause of one second.

The client fails if it can't connect within 2 seconds, if the server closes the
connection first, or if an answer takes more than 10 seconds or more than
${MAX_ANSWER} characters. Control characters in an answer are printed like \\x1b.`,
  example: "127.0.0.1 5001",
  async run(args, host) {
    try {
      using connection = await connect({
        host: args.get(SERVER_HOST),
        port: args.get(SERVER_PORT),
        timeout: CONNECT_TIMEOUT,
        shutdown: host.shutdown,
      });
      await ask(connection, host);
    } catch (error) {
      if (!host.shutdown.aborted) throw error;
    }
  },
};

async function ask(connection: Connection, host: Host): Promise<void> {
  const stdin = host.stdin.getReader();
  // On a terminal, cancel() would wait for the next line.
  host.shutdown.addEventListener("abort", () => stdin.releaseLock());
  const expressions = new Lines(async () => (await stdin.read()).value);
  const answers = new Lines(() => connection.read(), MAX_ANSWER);
  const late = new Failure(`the server did not answer within ${ANSWER_TIMEOUT / 1000} seconds`);
  let pause: number | undefined = ANSWER_PAUSE;
  for (;;) {
    if (host.isInteractive) await host.stderr.write(PROMPT);
    const expression = await expressions.next();
    if (expression === undefined) break;
    const answer = await inTime(connection, ANSWER_TIMEOUT, () => late, async () => {
      await connection.write(new TextEncoder().encode(`${expression.text}\n`));
      return await answers.next(pause);
    });
    if (answer === undefined || answer.end === "closed") {
      throw new Failure("the server closed the connection before its answer");
    }
    let { text } = answer;
    if (answer.end === "newline") {
      pause = undefined;
      // A server on Windows may end its lines with two characters.
      text = text.replace(/\r$/, "");
    }
    await host.stdout.write(`${printable(text)}\n`);
  }
  if (host.isInteractive) await host.stderr.write("\n");
}

/** A line, and what ended it. */
interface Line {
  readonly text: string;
  readonly end: "newline" | "pause" | "closed";
}

/** Splits what is read into lines. */
class Lines {
  readonly #read: () => Promise<Uint8Array | undefined>;
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  /** Text behind the last line. */
  #rest = "";
  /** The read that was pending when a pause ended a line. */
  #pending: Promise<Uint8Array | undefined> | undefined;

  /**
   * @param read returns the next bytes, or `undefined` at the end
   * @param limit maximum number of characters in a line
   */
  constructor(read: () => Promise<Uint8Array | undefined>, limit = Infinity) {
    this.#read = read;
    this.#limit = limit;
  }

  /**
   * Returns the next line, or `undefined` at the end.
   *
   * @param pause length (ms) of a pause that ends a line, if one does
   * @throws {Failure} if the line is longer than the limit
   */
  async next(pause?: number): Promise<Line | undefined> {
    let text = "";
    for (;;) {
      const end = this.#rest.indexOf("\n");
      text += end < 0 ? this.#rest : this.#rest.slice(0, end);
      this.#rest = end < 0 ? "" : this.#rest.slice(end + 1);
      if (text.length > this.#limit) {
        throw new Failure(`the server's answer has more than ${this.#limit} characters`);
      }
      if (end >= 0) return { text, end: "newline" };
      const next = this.#pending ??= this.#read();
      if (text !== "" && pause !== undefined && !await resolvesWithin(next, pause)) {
        return { text, end: "pause" };
      }
      const bytes = await next;
      this.#pending = undefined;
      if (bytes === undefined) return text === "" ? undefined : { text, end: "closed" };
      this.#rest = this.#decoder.decode(bytes, { stream: true });
    }
  }
}
