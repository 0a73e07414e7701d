import { assertEquals } from "@std/assert";
import { hashFile, TempDir } from "../support/data.ts";
import { ALL, amount, faultTest, startClient, tell } from "../support/faults.ts";
import { LoopDisk } from "../support/loop_disk.ts";
import { type Server, startServer } from "../support/program.ts";

const CLIENTS = amount(200, 20);
/** In seconds. */
const TIMEOUT = ALL ? 10 : 1;
const STOP = ALL ? 30 : 1.5;
const BLOCKED = 15;

function serve(dir: string): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, `--timeout=${TIMEOUT}`]);
}

/** Clients that send for `seconds`, while something is done; all of their files arrive whole. */
async function carries(
  server: Server,
  dir: string,
  seconds: number,
  during: () => Promise<void>,
): Promise<void> {
  const pieces = 50;
  const pause = seconds / pieces;
  await using crowd = startClient(
    "crowd.py",
    server.port,
    ...[`--clients=${CLIENTS}`, `--pieces=${pieces}`, "--bytes=4000", "--pause", pause, pause],
  );
  await crowd.stdout.until(/^connected$/m);
  await during();
  const { stdout } = await crowd.outcome(180_000);
  const sent = [...stdout.matchAll(/^[\d.]+ (\w{64}) /gm)].map(([, hash]) => hash);
  assertEquals(sent.length, CLIENTS);
  const saved: string[] = [];
  for (let number = 1; number <= CLIENTS; number++) {
    saved.push(await hashFile(`${dir}/${number}.file`));
  }
  assertEquals(saved.sort(), sent.sort(), server.process.stderr.text);
}

/** The fault lasts so long; this is what is tested, not what is waited for. */
function lasts(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

faultTest(`a server that was stopped for ${STOP} s fails no transfer`, async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path);
  await carries(server, dir.path, STOP * 1.5, async () => {
    server.process.signal("SIGSTOP");
    await lasts(STOP);
    server.process.signal("SIGCONT");
  });
  tell({
    name: `SIGSTOP for ${STOP} s under load`,
    done: `once, ${CLIENTS} transfers under way`,
    lost: 0,
    figures: "every file whole",
  });
});

faultTest(
  `a disk that blocks for ${BLOCKED} s turns no transfer into an error`,
  async () => {
    await using disk = await LoopDisk.create();
    await using server = await serve(disk.path);
    await carries(server, disk.path, BLOCKED * 1.5, async () => {
      await disk.freeze();
      await lasts(BLOCKED);
      await disk.thaw();
    });
    tell({
      name: `a disk that blocks for ${BLOCKED} s under load`,
      done: `once, ${CLIENTS} transfers under way`,
      lost: 0,
      figures: "every file whole",
    });
  },
  { isLong: true, lacks: await LoopDisk.lacks() },
);
