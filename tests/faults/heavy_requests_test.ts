import { assert } from "@std/assert";
import { CONCURRENT_WAYS, exchange, serve, text } from "../support/calculator.ts";
import { ascii, concat } from "../support/data.ts";
import { amount, faultTest, megabytes, tell } from "../support/faults.ts";
import { HEAVY, HOSTILE } from "../support/heavy.ts";
import { peakMemory } from "../support/platform.ts";
import { Socket } from "../support/socket.ts";
import { assertFast } from "../support/time.ts";

/** Clients that send and never read. */
class Crowd implements Disposable {
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async connect(count: number, port: number): Promise<Crowd> {
    const sockets: Socket[] = [];
    for (let i = 0; i < count; i++) {
      const socket = await Socket.connect(port);
      await exchange(socket, "1\n", "1\n");
      sockets.push(socket);
    }
    return new Crowd(sockets);
  }

  /** All of them send, as far as the server takes it. */
  send(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.send(bytes).catch(() => {});
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.close();
  }
}

/** Long enough to keep the server busy while others ask, if anything can. */
const FLOOD_BYTES = 400_000;

/** A request again and again. */
function flood(request: Uint8Array): Uint8Array {
  const line = concat(request, ascii("\n"));
  const count = Math.ceil(FLOOD_BYTES / line.length);
  return concat(...Array.from({ length: count }, () => line));
}

/** What the hostile clients send. */
const REQUESTS: readonly (readonly [what: string, request: Uint8Array])[] = [
  ...HOSTILE,
  ...HEAVY.map((expression) => [expression.slice(0, 60), ascii(expression)] as const),
];

for (const way of CONCURRENT_WAYS) {
  const name =
    `calculator-server --serve=${way}: four hostile clients do not delay others by 50 ms`;
  faultTest(name, async () => {
    const requests = REQUESTS.filter((_, i) => i % amount(1, 6) === 0);
    await using server = await serve(way);
    using calm = await Socket.connect(server.port);
    await exchange(calm, "1+1\n", "2\n");
    let longest = 0;
    for (const [what, request] of requests) {
      using hostile = await Crowd.connect(4, server.port);
      hostile.send(flood(request));
      const times: number[] = [];
      for (let i = 0; i < 7; i++) {
        const start = performance.now();
        await exchange(calm, "1+1\n", "2\n");
        times.push(performance.now() - start);
      }
      const median = times.sort((a, b) => a - b)[3] ?? Infinity;
      assertFast(median, 50, what);
      longest = Math.max(longest, median);
    }
    tell({
      name,
      done: `${requests.length} kinds of requests`,
      lost: 0,
      figures: `an answer to others takes ${longest.toFixed(0)} ms at most, as the median of 7`,
    });
  });
}

const CROWD = amount(300, 20);

faultTest(
  `calculator-server --serve=threads: ${CROWD} clients with the heaviest requests stay below 1 GB`,
  async () => {
    await using server = await serve("threads");
    await Promise.all(Array.from({ length: CROWD }, async () => {
      using socket = await Socket.connect(server.port);
      for (const expression of HEAVY) {
        await socket.send(ascii(`${expression}\n`));
        for (let answer = ""; !answer.endsWith("\n");) answer += text(await socket.readSome());
      }
    }));
    const peak = await peakMemory(server.process.pid);
    assert(peak < 1e9, `${peak} bytes`);
    tell({
      name: "calculator on threads: the heaviest requests, all clients at once",
      done: `${CROWD} clients`,
      lost: 0,
      figures: `every request answered; memory ${megabytes(peak)} at most`,
    });
  },
);
