import { ensureDir } from "@std/fs/ensure-dir";
import { join } from "@std/path/join";
import { describe, Failure } from "../command/errors.ts";

/** The directory that files are saved in: always the one that it is at the start. */
export class SaveDirectory {
  /** Absolute, and free of symbolic links. */
  readonly path: string;
  readonly #names: ReadonlySet<string>;

  private constructor(path: string, names: ReadonlySet<string>) {
    this.path = path;
    this.#names = names;
  }

  /**
   * Makes the directory if it is missing, parents too.
   *
   * @throws {Failure} when files can't be made in it
   */
  static async prepare(dir: string): Promise<SaveDirectory> {
    try {
      await ensureDir(dir);
      const path = await Deno.realPath(dir);
      const probe = await Deno.makeTempFile({ dir: path, prefix: ".accio-" });
      await Deno.remove(probe);
      return new SaveDirectory(path, new Set(await names(path)));
    } catch (error) {
      throw new Failure(
        `DIR must be a directory that can be written; ${JSON.stringify(dir)} is not: ${
          describe(error)
        }`,
      );
    }
  }

  /** Whether something had the name at the start. */
  had(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * The path that has the name in this directory.
   *
   * @throws {Failure} when a symbolic link has taken the directory's place: it may lead anywhere
   */
  async pathOf(name: string): Promise<string> {
    const now = await Deno.realPath(this.path);
    if (now !== this.path) {
      throw new Failure(`${this.path} was replaced by a link to ${now}, where nothing is saved`);
    }
    return join(this.path, name);
  }
}

/** The names of all that is in a directory. */
export async function names(path: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
}
