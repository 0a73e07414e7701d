import { Shutdown } from "../net/connection.ts";
import { ERROR } from "./protocol.ts";
import { type SaveDirectory, syncNames } from "./save_directory.ts";
import type { SpareDescriptor } from "./spare_descriptor.ts";
import type { Sink } from "./upload.ts";

/** How files are saved. */
export interface SaveOptions {
  readonly directory: SaveDirectory;
  /** Whether a file has its name only from the moment when it is whole. */
  readonly atomic: boolean;
  /** Whether a file that is finished outlives a loss of power. */
  readonly durable: boolean;
  readonly spare: SpareDescriptor;
}

/** Removes from a directory what an atomic server has left that was killed. */
export async function removeStaged(directory: SaveDirectory): Promise<void> {
  for (const name of directory.names) {
    if (STAGED.test(name)) await directory.remove(name);
  }
}

/** The name of the file that a connection leaves. */
export function fileName(number: number): string {
  return `${number}.file`;
}

/** The name that a file has until it is whole. */
function stagedName(name: string): string {
  return `.${name}.part`;
}

const STAGED = /^\.\d+\.file\.part$/;

/**
 * Saves an upload in the directory, under exactly that name. Whatever had the name
 * before is removed, so that no link is followed, no FIFO waited for, and no old
 * content mixed with new.
 *
 * When it is closed, the file is whole. When it is aborted, or can't be
 * written, the file holds {@linkcode ERROR} and nothing else.
 */
export class FileSink implements Sink {
  readonly #name: string;
  /** The name of what is written to. */
  readonly #stage: string;
  readonly #options: SaveOptions;
  #file: Deno.FsFile | undefined;

  constructor(name: string, options: SaveOptions) {
    this.#name = name;
    this.#stage = options.atomic ? stagedName(name) : name;
    this.#options = options;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(await this.#open(), bytes);
    } catch (error) {
      await this.abort().catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = await this.#open();
    try {
      if (this.#options.durable) await file.sync();
    } catch (error) {
      await this.abort().catch(() => {});
      throw error;
    }
    await this.#finish(file);
  }

  /** Makes the file say that the upload was an error. */
  async abort(reason?: unknown): Promise<void> {
    if (reason instanceof Shutdown && await this.#failAtOnce()) return;
    const isNew = this.#file === undefined;
    const file = await this.#open();
    try {
      if (!isNew) {
        await file.truncate(0);
        await file.seek(0, Deno.SeekMode.Start);
      }
      await writeAll(file, new TextEncoder().encode(ERROR));
      if (this.#options.durable) await file.sync();
    } catch (error) {
      // Not even that fits: an empty file is better than a part of the word.
      await file.truncate(0);
      throw error;
    } finally {
      await this.#finish(file);
    }
  }

  /**
   * Makes a file that says so without giving up this thread, and returns whether that was
   * possible: where thousands end with the program, their turns on other threads would
   * take longer than it has.
   */
  async #failAtOnce(): Promise<boolean> {
    const { directory, atomic, durable } = this.#options;
    if (this.#file !== undefined || atomic || durable) return false;
    try {
      const path = await directory.pathOf(this.#name);
      Deno.writeTextFileSync(path, ERROR, { createNew: true });
      return true;
    } catch {
      return false;
    }
  }

  async #open(): Promise<Deno.FsFile> {
    this.#file ??= await this.#create();
    return this.#file;
  }

  /** Makes a file that was not there. */
  async #create(): Promise<Deno.FsFile> {
    const { directory, spare } = this.#options;
    for (;;) {
      try {
        const path = await directory.pathOf(this.#stage);
        return await spare.open(path, { write: true, createNew: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        await directory.remove(this.#stage);
      }
    }
  }

  /** From here on the file has its name and its content. */
  async #finish(file: Deno.FsFile): Promise<void> {
    const { durable, directory, spare } = this.#options;
    file.close();
    if (this.#stage !== this.#name) await directory.rename(this.#stage, this.#name);
    if (durable) await syncNames(directory.path, (path) => spare.open(path));
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(await file.write(rest));
  }
}
