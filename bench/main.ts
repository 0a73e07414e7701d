/**
 * Measures our servers and others in turn, under the same loads.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import type { Flag, Option } from "../lib/command/arguments.ts";
import { Failure } from "../lib/command/errors.ts";
import { main } from "../lib/command/main.ts";
import { execute, type Host, type Program } from "../lib/command/program.ts";
import { oneOf, optional, text } from "../lib/command/values.ts";
import { type Case, CASES, GROWTHS, type Place } from "./cases.ts";
import { measure, type Sample, Unmeasured } from "./measure.ts";
import { type Figures, GROWTH_SERVERS, growthTable, REFERENCE, type Row, table } from "./report.ts";
import { ours, type Server, servers } from "./servers.ts";

const BENCH = fromFileUrl(new URL(".", import.meta.url));

const NAMES = [...CASES, ...GROWTHS].map(({ name }) => name);

const CASE: Option<string> = {
  name: "case",
  placeholder: "NAME",
  about: `what to measure: all, or ${NAMES.join(", ")}`,
  default: "all",
  parse: oneOf(["all", ...NAMES]),
};
const JSON_FILE: Option<string | undefined> = {
  name: "json",
  placeholder: "FILE",
  about: "where to write every round's figures",
  default: "none",
  parse: optional(text),
};
const AGAINST: Option<string | undefined> = {
  name: "against",
  placeholder: "DIR",
  about: "compare with the accio-server and accio-server-s in DIR, and with nothing else",
  default: "none",
  parse: optional(text),
};
const QUICK: Flag = { name: "quick", about: "an eighth of the load, and 3 rounds instead of 5" };

const bench: Program = {
  name: "bench",
  summary: "Measure our servers next to others.",
  operands: [],
  options: [CASE, AGAINST, JSON_FILE],
  flags: [QUICK],
  details: `\
Every server is started afresh for every round, in turn. The figures are medians;
ratios are to the C loop of one thread, or with --against to the older binaries,
in the same run. Linux; needs gcc, and root to mount the file system in memory
that files are saved to.`,
  example: "--case=save-1 --quick",
  async run(args, host) {
    const quick = args.has(QUICK);
    await using lab = await Lab.open();
    const older = args.get(AGAINST);
    const all = older === undefined ? servers(lab.peer) : [ours("accio"), ours("before", older)];
    const reference = older === undefined ? REFERENCE : "before";
    const isChosen = ({ name }: { readonly name: string }) =>
      ["all", name].includes(args.get(CASE)) && !host.shutdown.aborted;
    const results: Record<string, readonly Row[] | Figures> = {};
    for (const chosen of CASES) {
      if (!isChosen(chosen)) continue;
      const case_ = quick ? smaller(chosen) : chosen;
      const rows = await rounds(case_, quick ? 3 : 5, all, lab, host);
      results[case_.name] = rows;
      await host.stdout.write(`${table(case_, rows, reference)}\n`);
    }
    const few = all.filter(({ name }) => GROWTH_SERVERS.includes(name));
    for (const growth of GROWTHS) {
      if (!isChosen(growth)) continue;
      const figures: (readonly Row[])[] = [];
      for (const case_ of growth.cases) figures.push(await rounds(case_, 3, few, lab, host));
      results[growth.name] = figures;
      await host.stdout.write(`${growthTable(growth, figures)}\n`);
    }
    const file = args.get(JSON_FILE);
    if (file !== undefined) await Deno.writeTextFile(file, JSON.stringify(results, null, 2));
  },
};

/** Measures all servers in turn, round after round. */
async function rounds(
  case_: Case,
  count: number,
  servers: readonly Server[],
  lab: Lab,
  host: Host,
): Promise<readonly Row[]> {
  const rows = servers.map((server) => ({
    server,
    samples: new Array<Sample>(),
    missing: "",
  }));
  for (let round = 0; round < count && !host.shutdown.aborted; round++) {
    // Every round begins with another one.
    const turn = [...rows.slice(round), ...rows.slice(0, round)];
    for (const row of turn.filter(({ missing }) => missing === "")) {
      if (host.shutdown.aborted) break;
      // What the server before has left to be written is not this one's.
      if (case_.place === "disk") await command("sync");
      try {
        const sample = await measure(
          row.server,
          case_,
          lab.load,
          lab.dir(case_.place),
          host.shutdown,
        );
        row.samples.push(sample);
      } catch (error) {
        if (!(error instanceof Unmeasured)) throw error;
        row.missing = error.message;
      }
    }
  }
  return rows.map(({ server, samples, missing }) => ({
    server: server.name,
    samples,
    ...(missing && { missing }),
  }));
}

function smaller(case_: Case): Case {
  return case_.bytes >= 8 * 1024 * 1024
    ? { ...case_, bytes: Math.ceil(case_.bytes / 8) }
    : { ...case_, connections: Math.ceil(case_.connections / 8) };
}

/** The compiled tools and the folders; nothing of it is left when it goes out of scope. */
class Lab implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(): Promise<Lab> {
    const path = await Deno.makeTempDir({ prefix: "accio-bench-" });
    const lab = new Lab(path);
    try {
      await lab.#compile("load.c", "load");
      await lab.#compile(join("peers", "c.c"), "c");
      await Deno.mkdir(lab.dir("disk"));
      await Deno.mkdir(lab.dir("tmpfs"));
      await command("mount", "-t", "tmpfs", "-o", "size=6g", "accio-bench", lab.dir("tmpfs"));
      return lab;
    } catch (error) {
      await Deno.remove(path, { recursive: true });
      throw error;
    }
  }

  /** The load generator. */
  get load(): string {
    return join(this.#path, "load");
  }

  /** The server in C. */
  get peer(): string {
    return join(this.#path, "c");
  }

  dir(place: Place): string {
    return join(this.#path, place);
  }

  async #compile(source: string, binary: string): Promise<void> {
    const output = join(this.#path, binary);
    await command("gcc", "-O2", "-pthread", "-o", output, join(BENCH, source));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await command("umount", this.dir("tmpfs"));
    await Deno.remove(this.#path, { recursive: true });
  }
}

async function command(name: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args: [...args] }).output();
  if (success) return;
  throw new Failure(`${name} failed: ${new TextDecoder().decode(stderr).trim()}`);
}

if (import.meta.main) {
  await main((argv, host) => execute(bench, "deno task bench", argv, host));
}
