import { assert, assertEquals } from "@std/assert";
import {
  type Edition,
  EDITIONS,
  ProtocolError,
  ServerHandshake,
} from "../../lib/accio/protocol.ts";
import { accioClient } from "../../lib/accio/client.ts";
import { accioServer } from "../../lib/accio/server.ts";
import { accioServerS } from "../../lib/accio/server_s.ts";
import { answer, MAX_EXPRESSION_BYTES } from "../../lib/calculator/answer.ts";
import { Requests } from "../../lib/calculator/requests.ts";
import { calculatorServer } from "../../lib/calculator/server.ts";
import { execute, type Host } from "../../lib/command/program.ts";
import { accioGrade } from "../../lib/grade/program.ts";
import type { Random } from "../../lib/link/random.ts";
import { messageServer } from "../../lib/message/server.ts";
import { TempDir } from "../support/data.ts";
import { Expressions } from "../support/expressions.ts";
import { amount, faultTest, pick, SEED, seeded, tell } from "../support/faults.ts";
import { below, bytesOf, mutated, noise, split, textOf } from "../support/fuzz.ts";
import { startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

const CASES = amount(250_000, 2_000);
/** Connections for each server and edition, and for the calculator. */
const CONNECTIONS = amount(1_125, 10);

type Protocol = Edition | "auto";
const PROTOCOLS: readonly Protocol[] = ["auto", ...EDITIONS];

const CONFIRMATIONS = "confirm-accio\r\nconfirm-accio-again\r\n";
const TOKENS = [
  ...["confirm-accio\r\n", "confirm-accio-again\r\n", "confirm-accio", "-again", "accio\r\n"],
  ...["\r\n", "\r", "\n", "\r\n\r\n", "\0", "Content-Length: 5\r\n", '"'],
];

function headers(name: string, length: number): string {
  return `Content-Disposition: attachment; filename="${name}"\r\n` +
    `Content-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`;
}

/** What a client sends that speaks one of the editions, almost. */
function conversation(random: Random): string {
  const file = mutated(random, noise(random, below(random, 60)), TOKENS);
  const begin = pick(random, [
    "",
    CONFIRMATIONS,
    `${CONFIRMATIONS}\r\n`,
    headers("a.bin", file.length),
  ]);
  // Every other one is right: what is wrong from its first bytes tells little of the rest.
  return below(random, 2) === 0 ? begin + file : mutated(random, begin + file, TOKENS);
}

/** The file in what was sent, when it is seen all at once; `undefined` for an error. */
function fileIn(protocol: Protocol, sent: string): string | undefined {
  switch (protocol) {
    case "plain":
      return sent;
    case "auto":
      return sent.startsWith("confirm-accio\r\n") ? fileIn("confirm", sent) : sent;
    case "confirm":
      if (!sent.startsWith(CONFIRMATIONS)) return undefined;
      return sent.slice(CONFIRMATIONS.length).replace(/^\r\n/, "");
    case "headers": {
      const name = /^Content-Disposition: attachment; filename="([^\r\n]*)"\r\n/.exec(sent)?.[1];
      const digits = /\r\nContent-Length: (\d+)\r\n\r\n/.exec(sent)?.[1];
      if (name === undefined || digits === undefined) return undefined;
      const begin = headers(name, 0).replace(/0(?=\r\n\r\n$)/, digits);
      const file = sent.slice(begin.length);
      return sent.startsWith(begin) && file.length === Number(digits) ? file : undefined;
    }
  }
}

function received(protocol: Protocol, pieces: readonly Uint8Array[]): string | undefined {
  const handshake = new ServerHandshake(protocol);
  try {
    const files = pieces.map((piece) => textOf(handshake.receive(piece).file));
    return files.join("") + textOf(handshake.close());
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

faultTest("any bytes in any pieces give the file that the protocol says", () => {
  const random = seeded();
  for (let i = 0; i < CASES; i++) {
    const protocol = pick(random, PROTOCOLS);
    const sent = conversation(random);
    const pieces = split(random, bytesOf(sent));
    const file = received(protocol, pieces);
    if (file === fileIn(protocol, sent)) continue;
    assertEquals(file, fileIn(protocol, sent), `${protocol}: ${pieces.map(textOf).join(" | ")}`);
  }
  tellOf("the handshake in process", CASES);
});

/** The requests in what was sent, when it is seen all at once. */
function* requestsIn(sent: string): Generator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const lines = sent.split("\n");
  for (const [i, line] of lines.entries()) {
    const isLast = i === lines.length - 1;
    if (line.length > MAX_EXPRESSION_BYTES + 1) yield isLast ? "too long" : "too long\n";
    else if (!isLast || line !== "") {
      yield decoder.decode(bytesOf(line.replace(/\r$/, ""))) + (isLast ? "" : "\n");
    }
  }
}

function framed(pieces: readonly Uint8Array[]): string {
  const requests = new Requests();
  const steps = pieces.flatMap((piece) => [...requests.receive(piece)]);
  return [...steps, ...requests.end()].map((step) => {
    if (step.kind === "newline") return "\n";
    return step.kind === "request" ? `[${step.expression}${step.end}` : "[too long";
  }).join("");
}

/** Lines that may be expressions. */
function lines(random: Random, expressions: Expressions): string {
  const count = below(random, 5);
  const text = Array.from({ length: count }, () => `${expressions.next()}\n`).join("");
  const long = below(random, 2_000) === 0 ? "1".repeat(MAX_EXPRESSION_BYTES - 2) : "";
  return mutated(random, long + text, ["\n", "\r\n", "\r", "\xef\xbb\xbf", "\xe9", "1", "\0"]);
}

faultTest("any lines in any pieces give the right requests", () => {
  const random = seeded();
  const expressions = new Expressions(SEED);
  for (let i = 0; i < CASES; i++) {
    const sent = lines(random, expressions);
    const found = framed(split(random, bytesOf(sent)));
    const expected = [...requestsIn(sent)].map((request) => `[${request}`).join("");
    if (found !== expected) assertEquals(found, expected, sent);
  }
  tellOf("the calculator's framing in process", CASES);
});

faultTest("the calculator answers anything within a second", () => {
  const random = seeded();
  const expressions = new Expressions(SEED);
  const parts = ["**", "(", ")", "[", ",", "9**9", "1e999", "pow(", "int(", "_", "\u0660", "-"];
  let longest = 0;
  for (let i = 0; i < CASES; i++) {
    const expression = mutated(random, expressions.next(), parts);
    const start = performance.now();
    const text = answer(expression);
    longest = Math.max(longest, performance.now() - start);
    if (text === "" || longest > 1000) throw new Error(`${longest} ms: ${expression}: ${text}`);
  }
  tellOf("the calculator in process", CASES, `the longest answer took ${longest.toFixed(0)} ms`);
});

const PROGRAMS = [
  ...[accioServer, accioServerS, accioClient, calculatorServer, messageServer, accioGrade],
];
const WORDS = [
  ...["5000", "0", "65536", "-1", "5000x", "", "127.0.0.1", "./save", "-", "--", "-h", "--help"],
  ...["--timeout=1", "--timeout", "--timeout=0", "--timeout=1e9", "--protocol=auto", "--protocol"],
  ...["--max-size=5", "--max-size=none", "--max-size=-1", "--serve=one", "--no-timeout", "---"],
  ...["--__proto__=1", "--constructor", "-V", "-hV", "--_=1", "--timeout=1.5", "--only=1,2"],
];

faultTest("any command line is run, or refused in one line", async () => {
  const random = seeded();
  for (let i = 0; i < CASES; i++) {
    const program = pick(random, PROGRAMS);
    const argv = Array.from(
      { length: below(random, 6) },
      () =>
        mutated(random, pick(random, WORDS), ["=", "-", "--", "\n", "5", " "]).replaceAll("\0", ""),
    );
    let stderr = "";
    const quiet = { isTerminal: false, write: () => Promise.resolve(true) };
    const host: Host = {
      stdin: EMPTY,
      isInteractive: false,
      stdout: quiet,
      stderr: {
        ...quiet,
        write: (data) => {
          stderr += data;
          return Promise.resolve(true);
        },
      },
      shutdown: NEVER,
      version: "",
    };
    const run = () => Promise.resolve();
    const status = await execute({ ...program, run }, "accio", argv, host);
    const isRight = status === 0 ? stderr === "" : status === 2 && /^ERROR: .+\n$/.test(stderr);
    assert(isRight, `${program.name} ${JSON.stringify(argv)}: ${status} ${stderr}`);
  }
  tellOf("command lines in process", CASES);
});

const EMPTY = new ReadableStream<Uint8Array>();
const NEVER = new AbortController().signal;

function tellOf(name: string, count: number, figures = ""): void {
  const done = `${count.toLocaleString("en")} cases`;
  tell({ name: `fuzz: ${name}`, done, lost: 0, figures: `seed ${SEED}; ${figures}` });
}

/** Sends it to the server's end, whatever the server makes of it. */
async function send(port: number, pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  using socket = await Socket.connect(port);
  try {
    await socket.sendInPieces(pieces);
    await socket.finish();
  } catch {
    // The server closed it meanwhile: that is its answer to an error.
  }
  return await socket.readToEnd();
}

for (const protocol of PROTOCOLS) {
  faultTest(
    `accio-server-s, ${protocol}: whatever comes, the count is that of the bytes sent`,
    async () => {
      const random = seeded();
      await using server = await startServer(
        "accio-server-s",
        (port) => [port, `--protocol=${protocol}`],
      );
      const expected: string[] = [];
      for (let i = 0; i < CONNECTIONS; i++) {
        const sent = conversation(random);
        await send(server.port, split(random, bytesOf(sent)));
        expected.push(`${fileIn(protocol, sent)?.length ?? "ERROR"}`);
      }
      await eventually(
        () => server.process.stdout.text.split("\n").length > CONNECTIONS,
        () => "a line for each",
      );
      assertEquals(server.process.stdout.text.trimEnd().split("\n"), expected);
      tellOf(`accio-server-s --protocol=${protocol} over sockets`, CONNECTIONS);
    },
  );

  faultTest(`accio-server, ${protocol}: whatever comes, the file is the bytes sent`, async () => {
    const random = seeded();
    await using dir = new TempDir();
    await using server = await startServer(
      "accio-server",
      (port) => [port, dir.path, `--protocol=${protocol}`],
    );
    for (let i = 1; i <= CONNECTIONS; i++) {
      const sent = conversation(random);
      await send(server.port, split(random, bytesOf(sent)));
      const file = textOf(await Deno.readFile(dir.file(`${i}.file`)));
      const expected = fileIn(protocol, sent) ?? "ERROR";
      if (file !== expected) assertEquals(file, expected, JSON.stringify(sent));
    }
    tellOf(`accio-server --protocol=${protocol} over sockets`, CONNECTIONS);
  });
}

faultTest("calculator-server: whatever comes, each line is answered with a line", async () => {
  const random = seeded();
  const expressions = new Expressions(SEED);
  await using server = await startServer(
    "accio calculator-server",
    (port) => ["127.0.0.1", port, "--serve=select"],
  );
  for (let i = 0; i < CONNECTIONS; i++) {
    const sent = bytesOf(lines(random, expressions));
    const answers = await send(server.port, split(random, sent));
    const newlines = (bytes: Uint8Array) => bytes.filter((byte) => byte === 0x0a).length;
    assertEquals(newlines(answers), newlines(sent), textOf(sent));
  }
  tellOf("calculator-server over sockets", CONNECTIONS);
});
