/**
 * A small separate disk that can be frozen. Linux, and needs root.
 *
 * @module
 */

import { must, succeeds } from "./command.ts";
import { TempDir } from "./data.ts";

/** An ext4 file system in a file; it is unmounted when it goes out of scope. */
export class LoopDisk implements AsyncDisposable {
  readonly #dir = new TempDir();
  #isFrozen = false;

  /** Why this is not possible here, or `undefined` if it is. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux") return "it needs Linux";
    if (Deno.uid() !== 0) return "it needs root";
    for (const command of ["mkfs.ext4", "fsfreeze"]) {
      if (!await succeeds(command, "-V")) return `it needs ${command}`;
    }
    return await succeeds("losetup", "--find") ? undefined : "it needs a loop device";
  }

  static async create(): Promise<LoopDisk> {
    const disk = new LoopDisk();
    await must("truncate", "--size=256M", disk.#image);
    await must("mkfs.ext4", "-q", disk.#image);
    await disk.#mount();
    return disk;
  }

  /** A copy of the disk as a power failure now would leave it, without unwritten data. */
  async afterPowerLoss(): Promise<LoopDisk> {
    const found = new LoopDisk();
    await must("cp", "--sparse=always", this.#image, found.#image);
    await found.#mount();
    return found;
  }

  get #image(): string {
    return this.#dir.file("image");
  }

  async #mount(): Promise<void> {
    await Deno.mkdir(this.path);
    await must("mount", "-o", "loop", this.#image, this.path);
  }

  /** Where it is mounted. */
  get path(): string {
    return this.#dir.file("mounted");
  }

  /** Blocks all writes from now on. */
  async freeze(): Promise<void> {
    this.#isFrozen = true;
    await must("fsfreeze", "--freeze", this.path);
  }

  /** Lets blocked writes continue. */
  async thaw(): Promise<void> {
    await must("fsfreeze", "--unfreeze", this.path);
    this.#isFrozen = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFrozen) await this.thaw();
    await must("umount", this.path);
    await this.#dir[Symbol.asyncDispose]();
  }
}
