import { assert, assertEquals } from "@std/assert";
import { hashFile, TempDir } from "../support/data.ts";
import {
  ALL,
  amount,
  descriptors,
  faultTest,
  megabytes,
  residentMemory,
  serveMany,
  slope,
  startClient,
  tell,
} from "../support/faults.ts";
import { peakMemory } from "../support/platform.ts";
import { startServer } from "../support/program.ts";
import { eventually } from "../support/time.ts";

const CLIENTS = amount(10_000, 300);
const SIZE = 65_536;

faultTest(
  `${CLIENTS} clients at once, each at its own pace: every file arrives whole`,
  async () => {
    await using dir = new TempDir();
    // Whether a busy machine lets every client have a turn within ten seconds is not asked here.
    await using server = await serveMany(
      "accio-server",
      (port) => [port, dir.path, "--timeout=100"],
    );
    const { pid } = server.process;
    await using crowd = startClient(
      "crowd.py",
      server.port,
      ...[`--clients=${CLIENTS}`, "--pieces=8", `--bytes=${SIZE / 8}`],
      ...[`--start=${ALL ? 8 : 1}`, "--pause", 0, ALL ? 0.5 : 0.1],
    );
    await crowd.stdout.until(/^connected$/m, 100_000);
    const held = await descriptors(pid);
    assert(held >= CLIENTS, `${held} descriptors`);
    const memory = await residentMemory(pid);
    const { stdout, stderr } = await crowd.outcome(200_000);
    assertEquals(stderr, "");
    const sent = [...stdout.matchAll(/^[\d.]+ (\S+) /gm)].map(([, hash]) => hash).sort();
    assertEquals(sent.length, CLIENTS);
    const saved: string[] = [];
    for (const name of dir.names()) saved.push(await hashFile(dir.file(name)));
    assertEquals(saved.sort(), sent);
    await eventually(async () => await descriptors(pid) < 100, () => "no descriptor of theirs");
    const peak = await peakMemory(pid);
    assert(peak < 1e9, `${peak} bytes`);
    tell({
      name: "connections at once, each with 64 KiB of its own at its own pace",
      done: CLIENTS.toLocaleString("en"),
      lost: 0,
      figures: `memory ${megabytes(memory)} while all are silent, ${megabytes(peak)} at most`,
    });
  },
);

/** The first half of them are those for which code is compiled and memory grows to its size. */
const CONNECTIONS = amount(200_000, 500);
const STEP = CONNECTIONS / 50;
/** Memory may grow by so many bytes a connection, at most; 100,000 are then 10 MB. */
const GROWTH = 100;

faultTest(
  `${CONNECTIONS} connections one after another: descriptors and memory stay the same`,
  async () => {
    await using dir = new TempDir();
    await using server = await startServer("accio-server", (port) => [port, dir.path]);
    const { pid } = server.process;
    await using client = startClient("one_by_one.py", server.port, CONNECTIONS, STEP);
    const samples: { count: number; memory: number; descriptors: number }[] = [];
    for (let count = STEP; count <= CONNECTIONS; count += STEP) {
      await client.stdout.until(new RegExp(`^${count}$`, "m"));
      samples.push({
        count,
        memory: await residentMemory(pid),
        descriptors: await descriptors(pid),
      });
    }
    assertEquals((await client.outcome()).code, 0);
    for (let number = 1; number <= CONNECTIONS; number++) {
      assertEquals(await Deno.readTextFile(dir.file(`${number}.file`)), `${number}`);
    }
    const settled = samples.slice(samples.length / 2);
    const memory = slope(settled.map(({ count, memory }) => [count, memory]));
    const open = slope(settled.map(({ count, descriptors }) => [count, descriptors]));
    assert(Math.abs(open) * CONNECTIONS < 5, `${open} descriptors a connection`);
    if (ALL) assert(memory < GROWTH, `${memory} bytes a connection`);
    tell({
      name: "connections one after another",
      done: CONNECTIONS.toLocaleString("en"),
      lost: 0,
      figures:
        `memory grows by ${memory.toFixed(1)} bytes, descriptors by ${
          open.toFixed(6)
        } a connection; ` +
        `${megabytes(samples.at(-1)?.memory ?? NaN)} at the end`,
    });
  },
);
