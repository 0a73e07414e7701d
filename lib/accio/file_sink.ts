import { ERROR } from "./count_sink.ts";

/**
 * Saves an upload at `path`, under exactly that name. Whatever had the name
 * before is removed first, so that no link is followed, no FIFO waited for, and
 * no old content mixed with new.
 *
 * When it is closed, the file is whole. When it is aborted, or can't be
 * written, the file holds {@linkcode ERROR} and nothing else.
 */
export function fileSink(path: string): WritableStream<Uint8Array> {
  return new WritableStream(new FileSink(path));
}

class FileSink implements UnderlyingSink<Uint8Array> {
  readonly #path: string;
  /** Opened for the first byte: a connection that is silent costs no descriptor. */
  #file: Deno.FsFile | undefined;
  #failed: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async start(): Promise<void> {
    await removeIfThere(this.#path);
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(await this.#open(), bytes);
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = await this.#open();
    file.close();
  }

  abort(): Promise<void> {
    this.#failed ??= this.#fail();
    return this.#failed;
  }

  async #open(): Promise<Deno.FsFile> {
    this.#file ??= await create(this.#path);
    return this.#file;
  }

  async #fail(): Promise<void> {
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
