import { ERROR } from "./protocol.ts";

/**
 * Saves an upload at `path`, under exactly that name. Whatever had the name
 * before is removed, so that no link is followed, no FIFO waited for, and no old
 * content mixed with new.
 *
 * When it is closed, the file is whole. When it is aborted, or can't be
 * written, the file holds {@linkcode ERROR} and nothing else.
 *
 * @param taken whether something is known to have the name; it is then removed at once
 */
export function fileSink(path: string, taken: boolean): WritableStream<Uint8Array> {
  return new WritableStream(new FileSink(path, taken), READ_AHEAD);
}

/** While one chunk is written, another one can come. */
const READ_AHEAD = { highWaterMark: 2 };

class FileSink implements UnderlyingSink<Uint8Array> {
  readonly #path: string;
  readonly #taken: boolean;
  /** Opened for the first byte: a connection that is silent costs no descriptor. */
  #file: Deno.FsFile | undefined;

  constructor(path: string, taken: boolean) {
    this.#path = path;
    this.#taken = taken;
  }

  async start(): Promise<void> {
    if (this.#taken) await removeIfThere(this.#path);
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
    file.close();
  }

  /** Makes the file say that the upload was an error. */
  async abort(): Promise<void> {
    using file = await this.#open();
    await file.truncate(0);
    await file.seek(0, Deno.SeekMode.Start);
    try {
      await writeAll(file, new TextEncoder().encode(ERROR));
    } catch (error) {
      // Not even that fits: an empty file is better than a part of the word.
      await file.truncate(0);
      throw error;
    }
  }

  async #open(): Promise<Deno.FsFile> {
    this.#file ??= await create(this.#path);
    return this.#file;
  }
}

/** Makes a file that was not there. */
async function create(path: string): Promise<Deno.FsFile> {
  for (;;) {
    try {
      return await Deno.open(path, { write: true, createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      await removeIfThere(path);
    }
  }
}

async function removeIfThere(path: string): Promise<void> {
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
