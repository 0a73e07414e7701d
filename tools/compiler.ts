/**
 * Compiling a program into one file, with the runtime that goes into it.
 *
 * `deno compile` downloads a runtime for its own version. Where it can't, one
 * for x86_64 Linux is found on npm: the first bytes of a package that some other
 * program was compiled into. It is used by the version of Deno that fits it, which
 * is on npm too.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import config from "../deno.json" with { type: "json" };
import { Failure } from "../lib/command/errors.ts";
import { cachedFile, type PackedFile } from "./npm.ts";

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

/** A program that can be compiled. */
export interface Source {
  /** The permission set of deno.json that it gets. */
  readonly permissions: keyof typeof config.permissions;
  /** Its main module. */
  readonly entry: string;
  /** Modules that no other one imports. */
  readonly include?: readonly string[];
}

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
   * @throws {Failure} when that is not possible
   */
  async compile(target: string, file: string, source: Source): Promise<void> {
    let error = await compileWith(this.#deno, target, file, source);
    if (error !== undefined && this.#deno === OWN && /denort/.test(error)) {
      this.#deno = await denoFromNpm(target);
      this.#tell(`Deno's own runtime can't be downloaded: using ${this.#deno.name}`);
      error = await compileWith(this.#deno, target, file, source);
    }
    if (error !== undefined) throw new Failure(`${this.#deno.name} can't compile: ${error}`);
  }
}

/** Runs `deno compile`; returns what it said if it failed. */
async function compileWith(
  { command: [command, ...args], env }: Toolchain,
  target: string,
  file: string,
  { permissions, entry, include = [] }: Source,
): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [
      ...args,
      "compile",
      "--quiet",
      "--no-check", // Of the same modules for each program: `deno task check` does it once.
      // A code cache would be read, and run, from a path in /tmp that any user can write first.
      "--no-code-cache",
      `--target=${target}`,
      `--output=${file}`,
      ...include.map((module) => `--include=${module}`),
      "--no-prompt",
      `-P=${permissions}`,
      entry,
    ],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim().replaceAll(/\s+/g, " ");
}

/** What can be compiled for with what is on npm, and only there. */
const NPM_TARGET = "x86_64-unknown-linux-gnu";
/**
 * The runtime on npm. The hash pins it, but does not prove that it is Deno's own: docs/deploy.md has
 * the command that compares it with the one that Deno publishes.
 */
const RUNTIME: PackedFile & { readonly version: string } = {
  version: "2.6.10",
  package: "@mcp-stress/linux-x64@0.2.1",
  path: "package/bin/mcp-stress",
  length: 92_183_912,
  sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
};
const COMPILER_VERSION = "2.6.8";
/** The Deno on npm that compiles with it. */
const COMPILER: PackedFile & { readonly version: string } = {
  version: COMPILER_VERSION,
  package: `@deno/linux-x64-glibc@${COMPILER_VERSION}`,
  path: "package/deno",
  length: 117_581_176,
  sha256: "8b254e08be2565f608a06bfde3f62f3aabbf8994712f0078c7a7f24bc8c46676",
};

/**
 * The Deno and the runtime that come through npm, for a target.
 *
 * @throws {Failure} when there is none for the target, or it can't be had
 */
async function denoFromNpm(target: string): Promise<Toolchain> {
  if (target !== NPM_TARGET || Deno.build.target !== NPM_TARGET) {
    throw new Failure(
      `Deno can't download its runtime for ${target}; without it only ${NPM_TARGET} can be compiled, and only there`,
    );
  }
  const runtime = await cachedFile(RUNTIME, `denort-${RUNTIME.version}-${NPM_TARGET}`);
  const isOwn = Deno.version.deno === COMPILER.version;
  return {
    name: `Deno ${COMPILER.version} with the runtime ${RUNTIME.version} from npm`,
    command: isOwn
      ? OWN.command
      : [await cachedFile(COMPILER, `deno-${COMPILER.version}-${NPM_TARGET}`)],
    env: { DENORT_BIN: runtime },
  };
}
