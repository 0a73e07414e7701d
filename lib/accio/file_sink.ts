import { join } from "@std/path/join";
import { ERROR } from "./protocol.ts";
import type { SpareDescriptor } from "./spare_descriptor.ts";

/** How files are saved. */
export interface SaveOptions {
  readonly directory: string;
  /** Whether a file has its name only from the moment when it is whole. */
  readonly atomic: boolean;
  /** Whether a file that is finished outlives a loss of power. */
  readonly durable: boolean;
  readonly spare: SpareDescriptor;
}

/**
 * Saves an upload in the directory, under exactly that name. Whatever had the name
 * before is removed, so that no link is followed, no FIFO waited for, and no old
 * content mixed with new.
 *
 * When it is closed, the file is whole. When it is aborted, or can't be
 * written, the file holds {@linkcode ERROR} and nothing else.
 */
export function fileSink(
  name: string,
  options: SaveOptions,
): WritableStream<Uint8Array> {
  return new WritableStream(new FileSink(name, options), READ_AHEAD);
}

/** Removes from a directory what an atomic server has left that was killed. */
export async function removeStaged(directory: string): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    if (STAGED.test(name)) await removeIfThere(join(directory, name));
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

/** While one chunk is written, another one can come. */
const READ_AHEAD = { highWaterMark: 2 };

class FileSink implements UnderlyingSink<Uint8Array> {
  readonly #path: string;
  /** What is written to. */
  readonly #stage: string;
  readonly #options: SaveOptions;
  #file: Deno.FsFile | undefined;

  constructor(name: string, options: SaveOptions) {
    this.#path = join(options.directory, name);
    this.#stage = options.atomic ? join(options.directory, stagedName(name)) : this.#path;
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
    await this.#finish(await this.#open());
  }

  /** Makes the file say that the upload was an error. */
  async abort(): Promise<void> {
    const file = await this.#open();
    try {
      await file.truncate(0);
      await file.seek(0, Deno.SeekMode.Start);
      await writeAll(file, new TextEncoder().encode(ERROR));
    } catch (error) {
      // Not even that fits: an empty file is better than a part of the word.
      await file.truncate(0);
      throw error;
    } finally {
      await this.#finish(file);
    }
  }

  async #open(): Promise<Deno.FsFile> {
    this.#file ??= await this.#create();
    return this.#file;
  }

  /** Makes a file that was not there. */
  async #create(): Promise<Deno.FsFile> {
    for (;;) {
      try {
        return await this.#options.spare.open(this.#stage, { write: true, createNew: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        await removeIfThere(this.#stage);
      }
    }
  }

  /** From here on the file has its name and its content, whatever happens. */
  async #finish(file: Deno.FsFile): Promise<void> {
    const { durable, directory, spare } = this.#options;
    try {
      if (durable) await file.sync();
    } finally {
      file.close();
    }
    if (this.#stage !== this.#path) await replace(this.#stage, this.#path);
    if (durable) {
      using names = await spare.open(directory);
      await names.sync();
    }
  }
}

async function replace(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch {
    // A file does not take the place of a directory.
    await removeIfThere(to);
    await Deno.rename(from, to);
  }
}

/** Removes whatever has the name; a directory with all that is in it. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(await file.write(rest));
  }
}
