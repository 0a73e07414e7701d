import { assert, assertEquals } from "@std/assert";
import { hashFile, TempDir } from "../support/data.ts";
import { ALL, amount, faultTest, serveMany, startClient, tell } from "../support/faults.ts";
import { assertFast } from "../support/time.ts";

const SLOW = amount(5_000, 100);
const SILENT = amount(1_000, 50);
/** In seconds. */
const TIMEOUT = ALL ? 10 : 2;
/** How long a slow client waits before its next byte, in seconds. */
const PAUSE = ALL ? 9 : 0.8;
/** How late (s) a silent client may see its end: time in which the server is busy does not count. */
const LATE = ALL ? 3 : 5;
/** What the transfers beside them have each, in bytes. */
const SIZE = amount(500_000_000, 50_000_000);

/** Sends a large file, and returns how many seconds that took. */
async function transfer(port: number): Promise<{ seconds: number; hash: string }> {
  const piece = 1_000_000;
  await using client = startClient(
    "crowd.py",
    port,
    ...["--clients=1", `--pieces=${SIZE / piece}`, `--bytes=${piece}`],
  );
  const { stdout } = await client.outcome();
  const [, seconds, hash = ""] = /^([\d.]+) (\w{64}) /m.exec(stdout) ?? [];
  return { seconds: Number(seconds), hash };
}

faultTest(
  `${SLOW} slow and ${SILENT} silent clients: none of the slow ones is lost, the silent ones end ` +
    "at the timeout, and transfers beside them keep their rate",
  async () => {
    await using dir = new TempDir();
    await using server = await serveMany(
      "accio-server",
      (port) => [port, dir.path, `--timeout=${TIMEOUT}`],
    );
    const { port, process } = server;
    const alone = await transfer(port);
    await using slow = startClient(
      "crowd.py",
      port,
      ...[`--clients=${SLOW}`, "--pieces=4", `--start=${PAUSE / 2}`, "--pause", PAUSE, PAUSE],
    );
    await slow.stdout.until(/^connected$/m);
    await using silent = startClient("crowd.py", port, `--clients=${SILENT}`);
    await silent.stdout.until(/^connected$/m);
    const beside = await transfer(port);
    const times = [...(await silent.outcome()).stdout.matchAll(/^([\d.]+) \w{64} /gm)]
      .map(([, seconds]) => Number(seconds)).sort((a, b) => a - b);
    const hashes = [...(await slow.outcome()).stdout.matchAll(/^[\d.]+ (\w{64}) /gm)]
      .map(([, hash]) => hash);
    assertEquals([times.length, hashes.length], [SILENT, SLOW], process.stderr.text.slice(-500));
    const [first = NaN, last = NaN] = [times[0], times.at(-1)];
    assert(first >= TIMEOUT - 0.001, `${first} s`);
    assertFast(1000 * last, 1000 * (TIMEOUT + LATE), "the last one");
    const errors = Array<string>(SILENT).fill(await hashOf("ERROR"));
    const saved: string[] = [];
    for (const name of dir.names()) saved.push(await hashFile(dir.file(name)));
    assertEquals(saved.sort(), [...errors, ...hashes, alone.hash, beside.hash].sort());
    const share = alone.seconds / beside.seconds;
    assert(!ALL || share > 0.25, `${share} of the rate`);
    tell({
      name: `slow clients (a byte every ${PAUSE} s), and silent ones beside them`,
      done: `${SLOW.toLocaleString("en")} and ${SILENT.toLocaleString("en")}`,
      lost: 0,
      figures: `the silent ones end after ${first.toFixed(2)} to ${last.toFixed(2)} s; ` +
        `a transfer beside them has ${(share * 100).toFixed(0)} % of its rate alone`,
    });
  },
);

async function hashOf(content: string): Promise<string> {
  await using dir = new TempDir();
  return await hashFile(await dir.write("content", new TextEncoder().encode(content)));
}
