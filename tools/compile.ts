/**
 * Compiles the programs into files that run on machines without Deno.
 *
 * @module
 */

import { ensureDir } from "@std/fs/ensure-dir";
import { basename } from "@std/path/basename";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import type { Flag, Option } from "../lib/command/arguments.ts";
import { main } from "../lib/command/main.ts";
import { execute, type Host, type Program } from "../lib/command/program.ts";
import { oneOf } from "../lib/command/values.ts";
import { Compiler, type Source } from "./compiler.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");

/** What is compiled. */
const BINARIES: Readonly<Record<string, Source>> = {
  // A worker is loaded by name, so nothing imports its module.
  "accio": { permissions: "accio", entry: "main.ts", include: ["lib/calculator/worker.ts"] },
  "accio-server": { permissions: "server", entry: "server.ts" },
  "accio-server-s": { permissions: "server-s", entry: "server_s.ts" },
};

/** The machines that can be compiled for. */
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
dist/TARGET/, each with a SHA256SUMS file beside it.

Where Deno can't download the runtime that goes into each file, one for x86_64
Linux comes through npm; it is verified, and kept in the user's cache.`,
  example: "",
  async run(args, host) {
    const target = args.get(TARGET);
    const compiler = new Compiler((line) => host.stderr.write(`${line}\n`));
    for (const wanted of args.has(ALL) ? TARGETS : [target]) {
      const own = wanted === "this";
      const dir = own ? DIST : join(DIST, wanted);
      await compileAll(compiler, own ? Deno.build.target : wanted, dir, host);
    }
  },
};

/** Compiles all programs for a target. Where one fails, the folder is left as it was. */
async function compileAll(
  compiler: Compiler,
  target: string,
  dir: string,
  host: Host,
): Promise<void> {
  const work = await Deno.makeTempDir({ dir: ROOT, prefix: ".compile-" });
  try {
    const files: string[] = [];
    for (const [name, source] of Object.entries(BINARIES)) {
      const file = join(work, target.includes("windows") ? `${name}.exe` : name);
      await compiler.compile(target, file, source);
      files.push(file);
    }
    const sums = join(work, "SHA256SUMS");
    await Deno.writeTextFile(sums, await checksums(files));
    await ensureDir(dir);
    for (const file of [...files, sums]) await Deno.rename(file, join(dir, basename(file)));
    const names = files.map((file) => basename(file)).join(", ");
    await host.stderr.write(`${names} for ${target} are in ${dir}\n`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The lines of a SHA256SUMS file, as `sha256sum --check` reads them. */
async function checksums(files: readonly string[]): Promise<string> {
  let lines = "";
  for (const file of files) {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(file));
    lines += `${new Uint8Array(digest).toHex()}  ${basename(file)}\n`;
  }
  return lines;
}

if (import.meta.main) {
  await main((argv, host) => execute(compile, "deno task compile", argv, host));
}
