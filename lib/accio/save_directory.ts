import { ensureDir } from "@std/fs/ensure-dir";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { describe, Failure } from "../command/errors.ts";

/** The directory that files are saved in: always the one that it is at the start. */
export class SaveDirectory {
  /** Absolute, and free of symbolic links. */
  readonly path: string;
  /** What was in it at the start. */
  readonly names: ReadonlySet<string>;
  /** Under way now. */
  #check: Promise<void> | undefined;

  private constructor(path: string, names: ReadonlySet<string>) {
    this.path = path;
    this.names = names;
  }

  /**
   * Makes the directory if it is missing, parents too.
   *
   * @param durable whether it is to outlive a loss of power
   * @throws {Failure} when files can't be made in it
   */
  static async prepare(dir: string, durable: boolean): Promise<SaveDirectory> {
    try {
      const missing = durable ? await missingParts(resolve(dir)) : [];
      await ensureDir(dir);
      for (const part of missing) await syncNames(join(part, ".."));
      const path = await Deno.realPath(dir);
      const probe = await Deno.makeTempFile({ dir: path, prefix: ".accio-" });
      await Deno.remove(probe);
      const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
      return new SaveDirectory(path, new Set(names));
    } catch (error) {
      throw new Failure(
        `DIR must be a directory that can be written; ${JSON.stringify(dir)} is not: ${
          describe(error)
        }`,
      );
    }
  }

  /**
   * The path that has the name in this directory.
   *
   * @throws {Failure} when a symbolic link has taken the directory's place: it may lead anywhere
   */
  async pathOf(name: string): Promise<string> {
    // All who ask meanwhile share the answer.
    this.#check ??= this.#checkPlace().finally(() => this.#check = undefined);
    await this.#check;
    return join(this.path, name);
  }

  /** Removes whatever has the name, if anything has; a directory with all that is in it. */
  async remove(name: string): Promise<void> {
    try {
      await Deno.remove(await this.pathOf(name), { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Gives a file another name; what had that before is removed. */
  async rename(from: string, to: string): Promise<void> {
    try {
      await Deno.rename(await this.pathOf(from), await this.pathOf(to));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw error;
      // A file does not take the place of a directory.
      await this.remove(to);
      await Deno.rename(await this.pathOf(from), await this.pathOf(to));
    }
  }

  async #checkPlace(): Promise<void> {
    const now = await Deno.realPath(this.path);
    if (now === this.path) return;
    throw new Failure(`${this.path} was replaced by a link to ${now}, where nothing is saved`);
  }
}

/** The directories on the way to an absolute path that are not there, the path itself first. */
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

/** Makes the names in a directory outlive a loss of power. */
export async function syncNames(
  path: string,
  open: (path: string) => Promise<Deno.FsFile> = Deno.open,
): Promise<void> {
  // Windows opens no directories; there a name is as durable as the system makes it.
  if (Deno.build.os === "windows") return;
  using directory = await open(path);
  await directory.sync();
}
