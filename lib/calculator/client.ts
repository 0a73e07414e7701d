import { SERVER_HOST, SERVER_PORT } from "../command/endpoints.ts";
import { Failure } from "../command/errors.ts";
import type { Host, Program } from "../command/program.ts";
import { connect } from "../net/connect.ts";
import type { Connection } from "../net/connection.ts";
import { connectionSource } from "../net/streams.ts";

/** How long connecting may take, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
/** How long an answer may take, in milliseconds. */
const ANSWER_TIMEOUT = 10_000;
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

It fails when it can't connect within 2 seconds, when the server closes the
connection first, or when an answer takes longer than 10 seconds.`,
  example: "127.0.0.1 5001",
  async run(args, host) {
    try {
      using connection = await connect({
        host: args.get(SERVER_HOST),
        port: args.get(SERVER_PORT),
        timeout: CONNECT_TIMEOUT,
        idleTimeout: ANSWER_TIMEOUT,
        shutdown: host.shutdown,
      });
      await ask(connection, host);
    } catch (error) {
      if (!host.shutdown.aborted) throw error;
    }
  },
};

async function ask(connection: Connection, host: Host): Promise<void> {
  const answers = new Lines(connectionSource(connection));
  const expressions = new Lines(host.stdin, host.shutdown);
  const prompt = () => host.isInteractive ? host.stderr.write(PROMPT) : undefined;
  await prompt();
  for (let line; (line = await expressions.next()) !== undefined;) {
    await connection.write(new TextEncoder().encode(`${line.text}\n`));
    const answer = await answers.next();
    if (!answer?.hasNewline) {
      throw new Failure("the server closed the connection before its answer");
    }
    await host.stdout.write(`${answer.text}\n`);
    await prompt();
  }
  if (host.isInteractive) await host.stderr.write("\n");
}

/** A line; nothing but the end of the text may end the last one. */
interface Line {
  readonly text: string;
  readonly hasNewline: boolean;
}

/** The lines of a text that comes in pieces. */
class Lines {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** @param signal ends them with an error */
  constructor(stream: ReadableStream<Uint8Array>, signal?: AbortSignal) {
    this.#reader = stream.getReader();
    // Not cancel(): on a terminal that would wait for the next line.
    signal?.addEventListener("abort", () => this.#reader.releaseLock());
  }

  /** The next line; `undefined` after the last one. */
  async next(): Promise<Line | undefined> {
    const parts: string[] = [];
    for (let part = this.#rest;;) {
      const end = part.indexOf("\n");
      if (end >= 0) {
        parts.push(part.slice(0, end));
        this.#rest = part.slice(end + 1);
        return { text: parts.join(""), hasNewline: true };
      }
      parts.push(part);
      const { value, done } = await this.#reader.read();
      if (done) {
        this.#rest = "";
        const text = parts.join("");
        return text === "" ? undefined : { text, hasNewline: false };
      }
      part = this.#decoder.decode(value, { stream: true });
    }
  }
}
