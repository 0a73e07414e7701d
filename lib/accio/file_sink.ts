import { Shutdown } from "../net/connection.ts";
import { ERROR } from "./protocol.ts";
import type { Sink } from "./receive.ts";
import {
  isRemoved,
  remove,
  rename,
  type SaveDirectory,
  stagedName,
  syncNames,
} from "./save_directory.ts";
import type { SpareDescriptor } from "./spare_descriptor.ts";

/** How files are saved. */
export interface SaveOptions {
  readonly directory: SaveDirectory;
  /** Whether a file gets its name only when it is complete. */
  readonly atomic: boolean;
  /** Whether a finished file survives a loss of power. */
  readonly durable: boolean;
  readonly spare: SpareDescriptor;
}

/** The name now belongs to another file, or to none. */
export class FileReplaced extends Error {
  override readonly name = "FileReplaced";

  constructor(name: string) {
    super(`${name} was removed or replaced while it was received`);
  }
}

/** The directory no longer exists. */
export class DirectoryRemoved extends Error {
  override readonly name = "DirectoryRemoved";

  constructor() {
    super("DIR was removed; restart the server to save files again");
  }
}

/**
 * Saves a file under a name in the working directory. Whatever has the name is removed: no link is
 * followed, no FIFO waited for, and no old content mixed with new. After an abort the file holds
 * {@linkcode ERROR} and nothing else.
 */
export class FileSink implements Sink {
  readonly #name: string;
  /** The name of the file until it is complete. */
  readonly #stage: string;
  readonly #options: SaveOptions;
  #file: Deno.FsFile | undefined;
  /** Whether the file existed while something was awaited, so others could touch it. */
  #isExposed = false;

  constructor(name: string, options: SaveOptions) {
    this.#name = name;
    this.#stage = options.atomic ? stagedName(name) : name;
    this.#options = options;
  }

  async write(bytes: Uint8Array, isLast: boolean): Promise<void> {
    if (bytes.length === 0) return;
    this.#isExposed ||= !isLast || this.#options.durable;
    this.#file ??= await this.#create();
    await writeAll(this.#file, bytes);
  }

  /** @throws {FileReplaced} if the name now belongs to another file, or to none */
  async close(): Promise<void> {
    this.#file ??= await this.#create();
    if (this.#options.durable) await this.#file.sync();
    if (this.#isExposed) await this.#checkName(this.#file);
    await this.#finish();
  }

  async abort(reason: unknown): Promise<void> {
    this.#closeFile();
    if (reason instanceof Shutdown && this.#failAtOnce()) return;
    this.#file = await this.#create();
    await writeAll(this.#file, new TextEncoder().encode(ERROR));
    if (this.#options.durable) await this.#file.sync();
    await this.#finish();
  }

  /**
   * Leaves {@linkcode ERROR} without giving up this thread, and returns whether that was possible: if
   * thousands end with the program, the way through other threads takes longer than it has.
   */
  #failAtOnce(): boolean {
    if (this.#options.durable) return false;
    try {
      if (this.#isExposed) Deno.removeSync(this.#stage);
      using file = Deno.openSync(this.#stage, { write: true, createNew: true });
      if (!this.#options.directory.has(this.#stage)) return false;
      file.writeSync(new TextEncoder().encode(ERROR));
      if (this.#stage !== this.#name) Deno.renameSync(this.#stage, this.#name);
      return true;
    } catch {
      return false;
    }
  }

  /** Creates the file; what had the name is removed. */
  async #create(): Promise<Deno.FsFile> {
    const { directory, spare } = this.#options;
    for (;;) {
      try {
        const file = await spare.open(this.#stage, { write: true, createNew: true });
        if (directory.has(this.#stage)) return file;
        file.close();
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) await remove(this.#stage);
        else if (!(error instanceof Deno.errors.NotFound)) throw error;
        else if (isRemoved()) throw new DirectoryRemoved();
      }
    }
  }

  async #checkName(file: Deno.FsFile): Promise<void> {
    const opened = await file.stat();
    const named = await Deno.lstat(this.#stage).catch(() => undefined);
    // Windows numbers neither.
    if (named?.ino === opened.ino && named.dev === opened.dev) return;
    throw new FileReplaced(this.#name);
  }

  /** From here on the file has its name and its content. */
  async #finish(): Promise<void> {
    const { durable, spare } = this.#options;
    this.#closeFile();
    if (this.#stage !== this.#name) await rename(this.#stage, this.#name);
    if (durable) await syncNames(".", (path) => spare.open(path));
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(await file.write(rest));
  }
}
