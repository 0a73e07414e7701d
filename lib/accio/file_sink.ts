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

const NO_BLOCK = new Uint8Array(0);
/** A new block has at least so many bytes. */
const SMALLEST_BLOCK = 4 * 1024;
/** A block grows to so many bytes at most, and may always grow to the second number. */
const LARGEST_BLOCK = 512 * 1024;
const ASSURED_BLOCK = 64 * 1024;
/** Beyond the assured ones, all blocks together have so many bytes at most. */
const MEMORY = 32 * 1024 * 1024;
/** How many sinks have blocks now. */
let holders = 0;

/**
 * While one block is being written, the next one fills: the slower the disk is,
 * the larger they get, and the fewer writes are needed.
 */
class FileSink implements UnderlyingSink<Uint8Array> {
  readonly #path: string;
  readonly #taken: boolean;
  /** Opened for the first byte: a connection that is silent costs no descriptor. */
  #file: Deno.FsFile | undefined;
  /** The block that fills, and how many bytes it has. */
  #block = NO_BLOCK;
  #filled = 0;
  /** A block to fill next. */
  #spare = NO_BLOCK;
  #writing: Promise<void> | undefined;
  #onRoom: () => void = () => {};
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
    for (let rest = bytes; rest.length > 0;) {
      const length = this.#fill(rest);
      rest = rest.subarray(length);
      this.#writing ??= this.#writeBlocks(controller);
      if (length === 0) await new Promise<void>((resolve) => this.#onRoom = resolve);
      if (this.#failure !== undefined) return;
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    const file = await this.#open();
    file.close();
    this.#release();
  }

  async abort(): Promise<void> {
    this.#filled = 0;
    await this.#writing;
    await this.#markError();
  }

  /** Copies as many bytes as there is room for. */
  #fill(bytes: Uint8Array): number {
    if (this.#filled + bytes.length > this.#block.length) this.#grow(bytes.length);
    const part = bytes.subarray(0, this.#block.length - this.#filled);
    this.#block.set(part, this.#filled);
    this.#filled += part.length;
    return part.length;
  }

  #grow(wanted: number): void {
    if (this.#block.length + this.#spare.length === 0) holders++;
    const limit = Math.max(ASSURED_BLOCK, Math.min(LARGEST_BLOCK, MEMORY / 2 / holders));
    if (this.#block.length >= limit) return;
    const length = Math.max(SMALLEST_BLOCK, this.#filled + wanted, 2 * this.#block.length);
    const larger = new Uint8Array(Math.min(limit, length));
    larger.set(this.#block.subarray(0, this.#filled));
    this.#block = larger;
  }

  /** Writes blocks until there is nothing to write. What fails ends the stream as an error. */
  async #writeBlocks(controller: WritableStreamDefaultController): Promise<void> {
    try {
      const file = await this.#open();
      while (this.#filled > 0) {
        const block = this.#block;
        const bytes = block.subarray(0, this.#filled);
        this.#block = this.#spare;
        this.#filled = 0;
        this.#onRoom();
        await writeAll(file, bytes);
        this.#spare = block;
      }
    } catch (error) {
      this.#failure = { error };
      controller.error(error);
      await this.#markError().catch(() => {});
    }
    this.#writing = undefined;
    this.#onRoom();
  }

  /** Makes the file say that the upload was an error. */
  #markError(): Promise<void> {
    this.#marked ??= (async () => {
      this.#release();
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

  #release(): void {
    if (this.#block.length + this.#spare.length === 0) return;
    holders--;
    this.#block = this.#spare = NO_BLOCK;
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
