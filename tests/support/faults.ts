/**
 * The scale of the fault tests, and the report of their results. `deno task test` does a little of each, `deno task faults` all.
 *
 * @module
 */

import { must } from "./command.ts";
import { Random } from "../../lib/link/random.ts";
import {
  COMPILED,
  type ProgramName,
  type Running,
  type Server,
  startCommand,
  startServer,
} from "./program.ts";

/** Whether to run everything, or only the quick part. */
export const ALL: boolean = Deno.env.get("ACCIO_FAULTS") === "all";

/** Picks the full or the quick amount. */
export function amount(all: number, quick: number): number {
  return ALL ? all : quick;
}

/** Seed of all random choices; `ACCIO_SEED` repeats a run. */
export const SEED = Number(Deno.env.get("ACCIO_SEED") ?? Date.now() % 1_000_000);

/** Random numbers for one test, which prints how to repeat it. */
export function seeded(): Random {
  console.log(`ACCIO_SEED=${SEED}`);
  return new Random(SEED);
}

/** Picks one of several choices. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[Math.floor(random.between(0, choices.length))];
  if (choice === undefined) throw new RangeError("nothing to choose from");
  return choice;
}

/** A test that may take too long for `deno task test`, or has requirements not met everywhere. */
export function faultTest(
  name: string,
  fn: () => void | Promise<void>,
  { isLong = false, lacks }: { isLong?: boolean; lacks?: string | undefined } = {},
): void {
  if (lacks !== undefined && ALL) tell({ name, leftOut: lacks });
  Deno.test({
    name: lacks === undefined ? name : `${name} (skipped: ${lacks})`,
    ignore: Deno.build.os !== "linux" || isLong && !ALL || lacks !== undefined,
    fn,
  });
}

/** One test's report to `deno task faults`: its result, or why it was skipped. */
export type Told =
  | {
    readonly name: string;
    readonly done: string;
    readonly lost: number;
    readonly figures: string;
  }
  | { readonly name: string; readonly leftOut: string };

/** Reports to `deno task faults`, if that is running. */
export function tell(what: Told): void {
  const file = Deno.env.get("ACCIO_FAULTS_REPORT");
  if (file === undefined) return;
  const form = COMPILED ? "compiled" : "source";
  Deno.writeTextFileSync(file, `${JSON.stringify({ form, ...what })}\n`, { append: true });
}

/** Starts a server with the highest descriptor limit the system permits. */
export function serveMany(
  name: ProgramName,
  args: (port: number) => readonly (string | number)[],
): Promise<Server> {
  return startServer(name, args, { shell: UNLIMITED });
}

/** Starts a client of tests/clients, with the same descriptor limit. */
export function startClient(
  script: string,
  port: number,
  ...args: readonly (string | number)[]
): Running {
  const path = `tests/clients/${script}`;
  return startCommand(["python3", path, `${port}`, ...args.map(String)], { shell: UNLIMITED });
}

/** Shell code that raises the descriptor limit before it runs a command. */
const UNLIMITED = 'ulimit -n "$(ulimit -Hn)"; exec "$@"';

/** Number of open descriptors of a process. */
export async function descriptors(pid: number): Promise<number> {
  return (await must("ls", `/proc/${pid}/fd`)).trim().split("\n").length;
}

/** Current resident memory of a process, in bytes. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await must("cat", `/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** Growth of y per x: the slope of the least-squares line. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  const products = points.map(([x, y]) => [(x - x0) * (y - y0), (x - x0) ** 2] as const);
  const sum = (of: 0 | 1) => products.reduce((sum, product) => sum + product[of], 0);
  return sum(0) / sum(1);
}

/** Formats bytes as megabytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
