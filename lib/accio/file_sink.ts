import { ERROR } from "./count_sink.ts";

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
  return new WritableStream(new FileSink(path, taken));
}

/**
 * While some bytes are being written, the next ones come: the slower the disk
 * is, the more are written at once. Bytes are not copied: they stay where they
 * were read to, until the block of memory after theirs is full.
 */
class FileSink implements UnderlyingSink<Uint8Array> {
  readonly #path: string;
  readonly #taken: boolean;
  /** Opened for the first byte: a connection that is silent costs no descriptor. */
  #file: Deno.FsFile | undefined;
  /** What is to be written, each part contiguous; the first one may be under way. */
  #parts: Uint8Array[] = [];
  #writing: Promise<void> | undefined;
  #onWritten: () => void = () => {};
  #failure: { readonly error: unknown } | undefined;
  #marked: Promise<void> | undefined;

  constructor(path: string, taken: boolean) {
    this.#path = path;
    this.#taken = taken;
  }

  async start(): Promise<void> {
    if (this.#taken) await removeIfThere(this.#path);
  }

  async write(bytes: Uint8Array, controller: WritableStreamDefaultController): Promise<void> {
    this.#append(bytes);
    this.#writing ??= this.#writeParts(controller);
    const blockIsFull = bytes.byteOffset + bytes.length === bytes.buffer.byteLength;
    // The other block is going to be used again.
    while (blockIsFull && this.#parts.some(({ buffer }) => buffer !== bytes.buffer)) {
      await new Promise<void>((resolve) => this.#onWritten = resolve);
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    const file = await this.#open();
    file.close();
  }

  async abort(): Promise<void> {
    this.#parts.splice(1);
    await this.#writing;
    await this.#markError();
  }

  #append(bytes: Uint8Array): void {
    const last = this.#parts.length - 1;
    const part = this.#parts[last];
    const follows = last > 0 && part?.buffer === bytes.buffer &&
      part.byteOffset + part.length === bytes.byteOffset;
    if (follows) {
      this.#parts[last] = new Uint8Array(
        part.buffer,
        part.byteOffset,
        part.length + bytes.length,
      );
    } else {
      this.#parts.push(bytes);
    }
  }

  /** Writes until nothing is left. What fails ends the stream as an error. */
  async #writeParts(controller: WritableStreamDefaultController): Promise<void> {
    try {
      const file = await this.#open();
      for (let part; (part = this.#parts[0]) !== undefined;) {
        await writeAll(file, part);
        this.#parts.shift();
        this.#onWritten();
      }
    } catch (error) {
      this.#failure = { error };
      controller.error(error);
      await this.#markError().catch(() => {});
      this.#parts = [];
      this.#onWritten();
    }
    this.#writing = undefined;
  }

  /** Makes the file say that the upload was an error. */
  #markError(): Promise<void> {
    this.#marked ??= (async () => {
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
    })();
    return this.#marked;
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
