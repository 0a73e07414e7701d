import { assert, assertEquals } from "@std/assert";
import { must } from "../support/command.ts";
import { TempDir } from "../support/data.ts";
import { ALL, amount, descriptors, faultTest, startClient, tell } from "../support/faults.ts";
import { NetworkNamespace } from "../support/network_namespace.ts";
import { commandLine, type Server, startCommand, startServer } from "../support/program.ts";
import { assertFast, eventually } from "../support/time.ts";

/** How each way of vanish.py may end: as the count of accio-server-s. */
const WAYS: readonly [way: string, says: string, outcomes: readonly string[]][] = [
  ["reset_at_once", "a reset before the greeting is read", ["ERROR"]],
  ["reset_after_greeting", "a reset before the first byte", ["ERROR"]],
  ["reset_in_handshake", "a reset in the handshake", ["ERROR"]],
  ["reset_in_file", "a reset in the file", ["ERROR"]],
  // Whether the server has read the end of the file before the reset came is chance.
  ["reset_after_fin", "a reset after FIN", ["5000", "ERROR"]],
  ["close_without_reading", "a client that closes and never reads the greeting", ["0", "ERROR"]],
  ["send_without_reading", "a client that sends and never reads the greeting", ["5000"]],
  ["half_close", "a half-close", ["5000"]],
  ["half_close_in_first_confirmation", "FIN in the first confirmation", ["9"]],
  ["half_close_in_second_confirmation", "FIN in the second confirmation", ["ERROR"]],
];
const COUNT = amount(1000, 10);

async function vanish(server: Server, way: string, count: number): Promise<void> {
  await using client = startClient("vanish.py", server.port, way, count);
  assertEquals(await client.outcome(300_000), { code: 0, stdout: "", stderr: "" });
}

/** @param results what became of each connection so far */
async function vanishInEveryWay(
  name: string,
  server: Server,
  results: () => string[] | Promise<string[]>,
): Promise<void> {
  const { pid } = server.process;
  await vanish(server, "half_close", 1);
  const idle = await descriptors(pid);
  let told = 1;
  for (const [way, says, outcomes] of WAYS) {
    await vanish(server, way, COUNT);
    // Those before this one have been accepted when it has ended.
    await vanish(server, "half_close", 1);
    let open = NaN;
    await eventually(
      async () => (open = await descriptors(pid)) <= idle,
      () => `${idle} descriptors after ${says}; there are ${open}`,
    );
    const all = await results();
    const own = all.slice(told);
    told = all.length;
    assertEquals(own.pop(), "5000", says);
    for (const outcome of own) assert(outcomes.includes(outcome), `${says}: ${outcome}`);
    // The system need not tell of a connection that was reset before it was accepted.
    const isComplete = way === "reset_at_once" ? own.length <= COUNT : own.length === COUNT;
    assert(isComplete, `${says}: ${own.length} of ${COUNT}`);
    tell({ name: says, done: `${name}: ${COUNT}`, lost: 0, figures: `${open - idle} descriptors` });
  }
}

faultTest(
  "accio-server: peers that vanish end as errors, and leave nothing behind",
  async () => {
    await using dir = new TempDir();
    await using server = await startServer("accio-server", (port) => [port, dir.path]);
    await vanishInEveryWay("accio-server", server, () =>
      Promise.all(
        dir.names().map(async (_, i) => {
          const content = await Deno.readTextFile(dir.file(`${i + 1}.file`));
          return content === "ERROR" ? content : `${content.length}`;
        }),
      ));
  },
);

faultTest(
  "accio-server-s: peers that vanish end as errors, and leave nothing behind",
  async () => {
    await using server = await startServer("accio-server-s", (port) => [port]);
    const { stdout } = server.process;
    await vanishInEveryWay("accio-server-s", server, () => stdout.text.split("\n").slice(0, -1));
  },
);

const CLIENTS = amount(100, 10);
const TIMEOUT = ALL ? 10 : 1;
/** How late (s) the end may be told, where the other tests do not keep the machine busy. */
const LATE = ALL ? 0.5 : 5;
/** What each client has sent when its link goes down: nothing, or something every now and then. */
const BEFORE: readonly (readonly string[])[] = [[], ["--pieces=1000", "--pause", "0.1", "0.2"]];

faultTest(
  "clients whose link goes down silently end as errors at the timeout, and leave nothing behind",
  async () => {
    await using dir = new TempDir();
    await using network = await NetworkNamespace.create();
    await using far = await network.linked();
    const [port, host] = [5000, NetworkNamespace.HOST];
    await using process = startCommand(
      network.inside(...commandLine("accio-server"), `${port}`, dir.path, `--timeout=${TIMEOUT}`),
    );
    await process.stderr.until(/^listening/m);
    await must(
      ...far.inside("python3", "tests/clients/vanish.py", `${port}`, "half_close", "1", host),
    );
    const before = await descriptors(process.pid);
    const crowds = BEFORE.map((sent) =>
      startCommand(far.inside(
        ...["python3", "tests/clients/crowd.py", `${port}`, `--host=${host}`],
        ...[`--clients=${CLIENTS / 2}`, ...sent],
      ))
    );
    try {
      for (const crowd of crowds) await crowd.stdout.until(/connected/);
      const start = performance.now();
      await far.cut();
      const errors = () => process.stderr.text.match(/error: .* silent/g)?.length ?? 0;
      await eventually(() => errors() === CLIENTS, () => `${CLIENTS} errors; ${errors()} came`);
      const seconds = (performance.now() - start) / 1000;
      assertFast(1000 * seconds, 1000 * (TIMEOUT + LATE), "the last one");
      await eventually(
        async () => await descriptors(process.pid) <= before,
        () => `${before} descriptors`,
      );
      for (let number = 1; number <= CLIENTS; number++) {
        assertEquals(await Deno.readTextFile(dir.file(`${1 + number}.file`)), "ERROR");
      }
      tell({
        name: "a link that goes down without a word",
        done: `${CLIENTS} clients of accio-server`,
        lost: 0,
        figures: `the last one ended ${seconds.toFixed(2)} s after it`,
      });
    } finally {
      for (const crowd of crowds) await crowd[Symbol.asyncDispose]();
    }
  },
  { lacks: await NetworkNamespace.lacks() },
);
