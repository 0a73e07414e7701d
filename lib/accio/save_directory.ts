/**
 * The directory that files are saved in.
 *
 * @module
 */

import { ensureDir } from "@std/fs/ensure-dir";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { describe, Failure } from "../command/errors.ts";
import type { Leftovers } from "../server/log.ts";

/** How long (ms) to wait for the lock: it takes longer only if another process holds the lock. */
const LOCK_TIME = 2000;

/** The name of the file that a connection leaves. */
export function fileName(number: number): string {
  return `${number}.file`;
}

/** The name of a file until it is complete, with `--atomic`. */
export function stagedName(name: string): string {
  return `.${name}.part`;
}

/** Mode bits: group or others may write; only owners may rename what is inside. */
const [OTHERS_WRITE, STICKY] = [0o022, 0o1000];

const FILE = /^([1-9]\d{0,14})\.file$/;
const STAGED = /^\.\d+\.file\.part$/;

/**
 * A locked directory, which becomes the process's working directory when it is opened: relative names mean
 * this directory, even if its path is renamed or replaced by a link.
 */
export class SaveDirectory implements Disposable {
  readonly #leftovers: ReadonlySet<string>;
  /** Whether other users can replace the directory, or one on the way to it. */
  readonly #isReplaceable: boolean;
  readonly #lock: Deno.FsFile | undefined;

  private constructor(
    leftovers: ReadonlySet<string>,
    isReplaceable: boolean,
    lock: Deno.FsFile | undefined,
  ) {
    this.#leftovers = leftovers;
    this.#isReplaceable = isReplaceable;
    this.#lock = lock;
  }

  /**
   * Opens a directory, which is created if it is missing, with parents.
   *
   * @param durable whether the directory must survive a loss of power
   * @throws {Failure} if files can't be created in it, or another process has locked it
   */
  static async open(dir: string, durable: boolean): Promise<SaveDirectory> {
    try {
      const missing = durable ? await missingParts(resolve(dir)) : [];
      await ensureDir(dir);
      for (const part of missing) await syncNames(join(part, ".."));
      Deno.chdir(dir);
      const probe = await Deno.makeTempFile({ dir: ".", prefix: ".accio-" });
      const { uid } = await Deno.stat(probe);
      await Deno.remove(probe);
      const lock = await lockDirectory(dir);
      const names = await Array.fromAsync(Deno.readDir("."), ({ name }) => name);
      for (const name of names) if (STAGED.test(name)) await remove(name);
      const leftovers = new Set(names.filter((name) => FILE.test(name)));
      return new SaveDirectory(leftovers, await isReplaceable(Deno.cwd(), uid), lock);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(
        `DIR must be a directory that can be written; ${JSON.stringify(dir)} is not: ${
          describe(error)
        }`,
      );
    }
  }

  /** The files of an earlier server. */
  get leftovers(): Leftovers {
    const numbers = Array.from(this.#leftovers, (name) => Number(FILE.exec(name)?.[1]));
    return { files: numbers.length, highest: numbers.reduce((a, b) => Math.max(a, b), 0) };
  }

  /**
   * Whether a file that was just created is in the directory. Deno opens a relative name by the path
   * that the working directory has at that moment, so the file is created elsewhere if a link has replaced that
   * path in between. A link is made by the relative name itself, and fails if the name exists.
   */
  has(name: string): boolean {
    if (!this.#isReplaceable) return true;
    try {
      Deno.symlinkSync(".", name);
    } catch (error) {
      return error instanceof Deno.errors.AlreadyExists;
    }
    Deno.removeSync(name);
    return false;
  }

  /** Gives up the lock. */
  [Symbol.dispose](): void {
    this.#lock?.close();
  }

  /** Removes an earlier server's file of this name, if there was one at the start. */
  async clear(name: string): Promise<void> {
    if (this.#leftovers.has(name)) await remove(name);
  }
}

/** Whether the directory no longer exists. While its path changes, a name may not be found either. */
export function isRemoved(): boolean {
  try {
    Deno.cwd();
    return false;
  } catch {
    return true;
  }
}

/** Removes whatever has the name in the directory; a directory with all its content. */
export async function remove(name: string): Promise<void> {
  try {
    await Deno.remove(name, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Renames a file; what had the new name is removed. */
export async function rename(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    // A file can't replace a directory.
    await remove(to);
    await Deno.rename(from, to);
  }
}

/** Makes the names in a directory survive a loss of power. */
export async function syncNames(
  path: string,
  open: (path: string) => Promise<Deno.FsFile> = Deno.open,
): Promise<void> {
  // Windows opens no directories; there a name is as durable as the system makes it.
  if (Deno.build.os === "windows") return;
  using directory = await open(path);
  await directory.sync();
}

/**
 * Locks the working directory, and returns the open file that holds the lock.
 *
 * @param dir its name in messages
 * @throws {Failure} if another process holds the lock
 */
async function lockDirectory(dir: string): Promise<Deno.FsFile | undefined> {
  // Windows opens no directories.
  if (Deno.build.os === "windows") return undefined;
  const directory = await Deno.open(".");
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const path = JSON.stringify(dir);
    late.reject(
      new Failure(
        `DIR must not be in use by another server; ${path} is (find it with: fuser -v ${path})`,
      ),
    );
  }, LOCK_TIME);
  try {
    await Promise.race([directory.lock(true), late.promise]);
    return directory;
  } finally {
    clearTimeout(timer);
  }
}

/** The missing directories on the way to an absolute path, the path itself first. */
async function missingParts(path: string): Promise<string[]> {
  const parent = join(path, "..");
  if (parent === path || !await isMissing(path)) return [];
  return [path, ...await missingParts(parent)];
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/**
 * Whether a user other than root and `uid` can rename a directory, or one on the way to it: by writing
 * to its parent, unless that is sticky and the directory isn't theirs.
 */
async function isReplaceable(path: string, uid: number | null): Promise<boolean> {
  // Windows has no such modes, and a working directory can't be renamed there.
  if (Deno.build.os === "windows") return false;
  const parent = join(path, "..");
  if (parent === path) return false;
  const [child, { uid: owner, mode }] = await Promise.all([Deno.stat(path), Deno.stat(parent)]);
  const isTrusted = (user: number | null) => user === 0 || user === uid;
  const isShared = mode === null || (mode & OTHERS_WRITE) !== 0;
  const isSticky = mode !== null && (mode & STICKY) !== 0 && isTrusted(child.uid);
  return !isTrusted(owner) || isShared && !isSticky || await isReplaceable(parent, uid);
}
