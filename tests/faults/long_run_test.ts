import { assert, assertEquals } from "@std/assert";
import { hashFile, TempDir } from "../support/data.ts";
import {
  ALL,
  descriptors,
  faultTest,
  megabytes,
  residentMemory,
  SEED,
  serveMany,
  slope,
  startClient,
  tell,
} from "../support/faults.ts";
import { eventually } from "../support/time.ts";

/** How long, in seconds. */
const DURATION = ALL ? Number(Deno.env.get("ACCIO_FAULTS_SECONDS") ?? 1800) : 2;
const TIMEOUT = ALL ? 10 : 1;
/** Clients a second. */
const RATE = 30;

/** What is told of each client, by the client's address; an address may come again. */
class Told {
  readonly #queues = new Map<string, string[]>();
  count = 0;

  add(address: string, what: string): void {
    this.#queues.set(address, [...this.#queues.get(address) ?? [], what]);
    this.count++;
  }

  /** What was told first and not yet taken. */
  first(address: string): string | undefined {
    return this.#queues.get(address)?.[0];
  }

  take(address: string): void {
    const [, ...rest] = this.#queues.get(address) ?? [];
    rest.length > 0 ? this.#queues.set(address, rest) : this.#queues.delete(address);
    this.count--;
  }
}

/** Compares what became of each client with what the client knows that it must be. */
class Ledger {
  readonly #dir: TempDir;
  readonly #saved = new Told();
  readonly #expected = new Told();
  whole = 0;
  errors = 0;
  readonly wrong: string[] = [];

  constructor(dir: TempDir) {
    this.#dir = dir;
  }

  /** Takes a line of the server's stderr. */
  async serverTold(line: string): Promise<void> {
    const [, number, address] = /^(\d+) (\S+): /.exec(line) ?? [];
    if (number === undefined || address === undefined) return;
    const path = this.#dir.file(`${number}.file`);
    const isError = (await Deno.stat(path)).size === 5 &&
      await Deno.readTextFile(path) === "ERROR";
    this.#saved.add(address, isError ? "ERROR" : await hashFile(path));
    // However long this lasts, the disk does not fill up.
    await Deno.remove(path);
    this.#compare(address);
  }

  /** Takes a line of mixed.py. */
  clientTold(line: string): void {
    const [, address, outcome] = /^(\S+) (.+)$/.exec(line) ?? [];
    if (address === undefined || outcome === undefined) return;
    this.#expected.add(address, outcome);
    this.#compare(address);
  }

  /** How many there are of whom only one side has told. */
  get open(): number {
    return this.#saved.count + this.#expected.count;
  }

  #compare(address: string): void {
    const saved = this.#saved.first(address);
    const expected = this.#expected.first(address);
    if (saved === undefined || expected === undefined) return;
    this.#saved.take(address);
    this.#expected.take(address);
    const isRight = saved === expected || expected === `either ${saved}` ||
      expected.startsWith("either ") && saved === "ERROR";
    if (!isRight) this.wrong.push(`${address}: expected ${expected}, came ${saved}`);
    else if (saved === "ERROR") this.errors++;
    else this.whole++;
  }
}

/** The whole lines that a process has written since the last time. */
class NewLines {
  readonly #transcript: { readonly text: string };
  #at = 0;

  constructor(transcript: { readonly text: string }) {
    this.#transcript = transcript;
  }

  take(): string[] {
    const { text } = this.#transcript;
    const end = text.lastIndexOf("\n") + 1;
    const lines = text.slice(this.#at, end).split("\n").slice(0, -1);
    this.#at = end;
    return lines;
  }
}

faultTest(
  `long run: ${DURATION} s of good, slow, broken and hostile clients: nothing is lost, memory stays the same`,
  async () => {
    await using dir = new TempDir();
    await using server = await serveMany(
      "accio-server",
      (port) => [port, dir.path, `--timeout=${TIMEOUT}`],
    );
    const { pid, stderr } = server.process;
    const before = await descriptors(pid);
    await using clients = startClient("mixed.py", server.port, DURATION, RATE, TIMEOUT, SEED);
    const ledger = new Ledger(dir);
    const [fromServer, fromClients] = [new NewLines(stderr), new NewLines(clients.stdout)];
    const read = async () => {
      for (const line of fromServer.take()) await ledger.serverTold(line);
      for (const line of fromClients.take()) ledger.clientTold(line);
    };
    const start = performance.now();
    const samples: { hours: number; memory: number }[] = [];
    let haveEnded = false;
    const outcome = clients.outcome((DURATION + 120) * 1000).finally(() => haveEnded = true);
    while (!haveEnded) {
      await read();
      const hours = (performance.now() - start) / 3_600_000;
      samples.push({ hours, memory: await residentMemory(pid) });
      const sample = new Promise((resolve) => setTimeout(resolve, DURATION * 1000 / 200));
      await Promise.race([sample, outcome]);
    }
    const { code, stderr: failure } = await outcome;
    assertEquals({ code, failure }, { code: 0, failure: "" });
    await eventually(async () => {
      await read();
      return ledger.open === 0;
    }, () => `both sides to tell of ${ledger.open}`);
    assertEquals(ledger.wrong, []);
    await eventually(async () => await descriptors(pid) <= before, () => `${before} descriptors`);
    const settled = samples.slice(samples.length / 2);
    const growth = slope(settled.map(({ hours, memory }) => [hours, memory]));
    assert(!ALL || growth < 20e6, `memory grows by ${growth} bytes an hour`);
    const peak = Math.max(...samples.map(({ memory }) => memory));
    tell({
      name: `long run: ${
        (DURATION / 60).toFixed(0)
      } minutes of good, slow, broken and hostile clients`,
      done: (ledger.whole + ledger.errors).toLocaleString("en"),
      lost: 0,
      figures: `${ledger.whole.toLocaleString("en")} files whole, ` +
        `${ledger.errors.toLocaleString("en")} ERROR as they must be; memory grows by ` +
        `${(growth / 1e6).toFixed(2)} MB an hour, ${megabytes(peak)} at most; seed ${SEED}`,
    });
  },
);
