import { basename } from "@std/path/basename";
import type { Operand, Option } from "../command/arguments.ts";
import { SERVER_HOST, SERVER_PORT } from "../command/endpoints.ts";
import { describe, Failure, UsageError } from "../command/errors.ts";
import type { Host, Program } from "../command/program.ts";
import { Progress } from "../command/progress.ts";
import { oneOf, seconds, text, timeoutOption } from "../command/values.ts";
import { connect } from "../net/connect.ts";
import { type Edition, EDITIONS } from "./protocol.ts";
import { send, type SendOptions } from "./send.ts";

const FILE: Operand<string> = {
  name: "FILE",
  about: "the file to send; - is standard input",
  parse: text,
};

const PROTOCOL: Option<Edition> = {
  name: "protocol",
  placeholder: "EDITION",
  about: `edition to speak: ${EDITIONS.join(", ")}`,
  default: "confirm",
  parse: oneOf(EDITIONS),
};

const TIMEOUT = timeoutOption(
  "longest wait for the server to accept, greet, take more bytes, or close",
  "10",
  seconds,
);

/** accio client: sends one file. */
export const accioClient: Program = {
  name: "client",
  summary: "Send a file to an Accio server.",
  operands: [SERVER_HOST, SERVER_PORT, FILE],
  options: [PROTOCOL, TIMEOUT],
  flags: [],
  details: `\
Exits with status 0 only after the last byte was handed to the network and the
server closed the connection cleanly after that. A server that closes it before
the whole file was sent is an error at once, even while the client waits for
more input. On a terminal it shows its progress.

In the plain and confirm editions an interrupted client looks to the server like
the end of a shorter file. The headers edition sends the length first, so there
the server notices.`,
  example: "127.0.0.1 5000 README.md",
  async run(args, host) {
    const timeout = args.get(TIMEOUT);
    using file = await openFile(args.get(FILE), host);
    const edition = editionFor(args.get(PROTOCOL), file);
    using connection = await connect({
      host: args.get(SERVER_HOST),
      port: args.get(SERVER_PORT),
      timeout,
      idleTimeout: timeout,
      shutdown: host.shutdown,
    });
    using progress = new Progress(host.stderr, file.length);
    const sending: SendOptions = {
      edition,
      timeout,
      onProgress: (bytes) => progress.add(bytes),
    };
    await send(connection, file.bytes, sending);
  },
};

/** The file to send. */
interface Source extends Disposable {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** In bytes, if it is known in advance. */
  readonly length: number | undefined;
}

/** @throws {Failure} if the file doesn't exist or can't be read */
async function openFile(path: string, host: Host): Promise<Source> {
  if (path === "-") {
    return {
      name: "stdin",
      bytes: host.stdin,
      length: undefined,
      [Symbol.dispose]: () => {},
    };
  }
  try {
    const { isFile, isDirectory, size } = await Deno.stat(path);
    if (isDirectory) throw new Failure("it is a directory");
    const file = await Deno.open(path);
    return {
      name: basename(path),
      bytes: chunksOf(file),
      length: isFile ? size : undefined,
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    throw new Failure(`can't read ${JSON.stringify(path)}: ${describe(error)}`);
  }
}

/** The bytes of a file; each chunk is valid until the next one is requested. */
async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(256 * 1024);
  for (let count; (count = await file.read(buffer)) !== null;) yield buffer.subarray(0, count);
}

function editionFor(
  protocol: Edition,
  { name, length }: Source,
): SendOptions["edition"] {
  if (protocol !== "headers") return protocol;
  if (length === undefined) {
    throw new UsageError(
      "--protocol=headers sends the length first: FILE must be a regular file",
    );
  }
  return { name, length };
}
