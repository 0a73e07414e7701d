import { SERVER_HOST, SERVER_PORT } from "../command/endpoints.ts";
import { Failure } from "../command/errors.ts";
import { printable } from "../command/printable.ts";
import type { Host, Program } from "../command/program.ts";
import { connect } from "../net/connect.ts";
import type { Connection } from "../net/connection.ts";
import { inTime } from "../net/in_time.ts";
import { connectionSource } from "../net/streams.ts";
import { isQuiet } from "./quiet.ts";

/** How long connecting may take, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
/** How long an answer may take, in milliseconds. */
const ANSWER_TIMEOUT = 10_000;
/**
 * After how long a silence (ms) an answer is taken for whole that no newline ends, as long
 * as the server has not sent any newline: some servers never do.
 */
const QUIET = 1000;
/** Number of characters that an answer may have: several times what a calculator's needs. */
const MAX_ANSWER = 64 * 1024;
/** What asks a person for the next expression. */
const PROMPT = "> ";

/** accio calculator-client: asks a calculator server. */
export const calculatorClient: Program = {
  name: "calculator-client",
  summary: "Ask a calculator server.",
  operands: [SERVER_HOST, SERVER_PORT],
  options: [],
  flags: [],
  details: `\
Each line of standard input is an expression; its answer is printed on a line.
On a terminal it prompts; Ctrl-D ends it.

An answer ends at a newline; that of a server which sends none ends when nothing
has come for a second.

It fails when it can't connect within 2 seconds, when the server closes the
connection first, or when an answer takes longer than 10 seconds or has more
than ${MAX_ANSWER} characters. Control characters in an answer are shown as \\x1b is.`,
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
  const answers = new Lines(connectionSource(connection), { limit: MAX_ANSWER });
  const expressions = new Lines(host.stdin, { signal: host.shutdown });
  const late = new Failure(`the server did not answer within ${ANSWER_TIMEOUT / 1000} seconds`);
  let quiet: number | undefined = QUIET;
  const prompt = () => host.isInteractive ? host.stderr.write(PROMPT) : undefined;
  await prompt();
  for (let line; (line = await expressions.next()) !== undefined;) {
    const answer = await inTime(connection, ANSWER_TIMEOUT, () => late, async () => {
      await connection.write(new TextEncoder().encode(`${line.text}\n`));
      return await answers.next(quiet);
    });
    if (answer === undefined || answer.end === "closed") {
      throw new Failure("the server closed the connection before its answer");
    }
    if (answer.end === "newline") quiet = undefined;
    // A server on Windows may end its lines with two characters.
    const text = answer.end === "newline" ? answer.text.replace(/\r$/, "") : answer.text;
    await host.stdout.write(`${printable(text)}\n`);
    await prompt();
  }
  if (host.isInteractive) await host.stderr.write("\n");
}

/** A line, and what ended it. */
interface Line {
  readonly text: string;
  readonly end: "newline" | "quiet" | "closed";
}

/** How lines are read. */
interface LinesOptions {
  /** Ends them with an error. */
  readonly signal?: AbortSignal;
  /**
   * Number of characters that a line may have.
   *
   * @default Infinity
   */
  readonly limit?: number;
}

/** The lines of a text that comes in pieces. */
class Lines {
  readonly #limit: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = "";
  /** Under way since a line that nothing but silence ended. */
  #reading: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;

  constructor(
    stream: ReadableStream<Uint8Array>,
    { signal, limit = Infinity }: LinesOptions,
  ) {
    this.#limit = limit;
    this.#reader = stream.getReader();
    // Not cancel(): on a terminal that would wait for the next line.
    signal?.addEventListener("abort", () => this.#reader.releaseLock());
  }

  /**
   * The next line; `undefined` after the last one.
   *
   * @param quiet after which silence (ms) a line that has begun is over; none unless given
   * @throws {Failure} when the line is longer than the limit
   */
  async next(quiet?: number): Promise<Line | undefined> {
    let text = "";
    for (let part = this.#rest;;) {
      const end = part.indexOf("\n");
      if (end >= 0) {
        this.#rest = part.slice(end + 1);
        text = this.#limited(text + part.slice(0, end));
        return { text, end: "newline" };
      }
      text = this.#limited(text + part);
      this.#rest = "";
      this.#reading ??= this.#reader.read();
      if (text !== "" && quiet !== undefined && await isQuiet(this.#reading, quiet)) {
        return { text, end: "quiet" };
      }
      const { value, done } = await this.#reading;
      this.#reading = undefined;
      if (done) return text === "" ? undefined : { text, end: "closed" };
      part = this.#decoder.decode(value, { stream: true });
    }
  }
  #limited(text: string): string {
    if (text.length <= this.#limit) return text;
    throw new Failure(`the server's answer has more than ${this.#limit} characters`);
  }
}
