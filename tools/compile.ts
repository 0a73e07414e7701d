/**
 * Compiles the programs into files that run on machines without Deno.
 *
 * @module
 */

import { ensureDir } from "@std/fs/ensure-dir";
import { join } from "@std/path/join";
import type { Flag, Option } from "../lib/command/arguments.ts";
import { main } from "../lib/command/main.ts";
import { execute, type Host, type Program } from "../lib/command/program.ts";
import { oneOf } from "../lib/command/values.ts";
import { Compiler, ROOT, type Source } from "./compiler.ts";
import { sha256 } from "./sha256.ts";

const DIST = join(ROOT, "dist");

const BINARIES: Readonly<Record<string, Source>> = {
  // The worker is loaded by name, so no module imports it.
  "accio": { permissions: "accio", entry: "main.ts", include: ["lib/calculator/worker.ts"] },
  "accio-server": { permissions: "server", entry: "server.ts" },
  "accio-server-s": { permissions: "server-s", entry: "server_s.ts" },
};

const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

const TARGET: Option<typeof TARGETS[number] | "this"> = {
  name: "target",
  placeholder: "TARGET",
  about: `the machine to compile for: this one, or ${TARGETS.join(", ")}`,
  default: "this",
  parse: oneOf(["this", ...TARGETS]),
};

const ALL: Flag = { name: "all", about: "compile for all of these machines" };

const compile: Program = {
  name: "compile",
  summary: "Compile the programs into files that run on machines without Deno.",
  operands: [],
  options: [TARGET],
  flags: [ALL],
  details: `\
The files for this machine are written to dist/, those for a named one to
dist/TARGET/, each with a SHA256SUMS file.

Where Deno can't download the runtime that goes into each file, one for x86_64
Linux is downloaded through npm, verified, and kept in the user's cache.`,
  example: "",
  async run(args, host) {
    for (const target of args.has(ALL) ? TARGETS : [args.get(TARGET)]) {
      if (target === "this") await compileAll(Deno.build.target, DIST, host);
      else await compileAll(target, join(DIST, target), host);
    }
  },
};

/** Compiles all programs for a target. If one fails, the folder is left as it was. */
async function compileAll(target: string, dir: string, host: Host): Promise<void> {
  const compiler = new Compiler(target, (line) => host.stderr.write(`${line}\n`));
  const work = await Deno.makeTempDir({ dir: ROOT, prefix: ".compile-" });
  try {
    const names: string[] = [];
    let sums = "";
    for (const [program, source] of Object.entries(BINARIES)) {
      const name = target.includes("windows") ? `${program}.exe` : program;
      await compiler.compile(join(work, name), source);
      sums += `${await sha256(await Deno.readFile(join(work, name)))}  ${name}\n`;
      names.push(name);
    }
    await Deno.writeTextFile(join(work, "SHA256SUMS"), sums);
    await ensureDir(dir);
    for (const name of [...names, "SHA256SUMS"]) {
      await Deno.rename(join(work, name), join(dir, name));
    }
    await host.stderr.write(`${names.join(", ")} for ${target} are in ${dir}\n`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

if (import.meta.main) {
  await main((argv, host) => execute(compile, "deno task compile", argv, host));
}
