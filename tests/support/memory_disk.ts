/**
 * A small in-memory disk that fills up quickly. Linux, and needs root.
 *
 * @module
 */

import { must, succeeds } from "./command.ts";
import { TempDir } from "./data.ts";

/** A tmpfs; it is unmounted when it goes out of scope. */
export class MemoryDisk implements AsyncDisposable {
  readonly #dir = new TempDir();

  /** Why this is not possible here, or `undefined` if it is. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux") return "it needs Linux";
    if (Deno.uid() !== 0) return "it needs root";
    // Root in a container may not mount.
    return await succeeds("unshare", "--mount", "mount", "-t", "tmpfs", "accio-test", "/mnt")
      ? undefined
      : "it needs permission to mount";
  }

  /** @param options as in `mount -o`, like `size=1m` */
  static async create(options: string): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    await Deno.mkdir(disk.path);
    await must("mount", "-t", "tmpfs", "-o", options, "accio-test", disk.path);
    return disk;
  }

  /** Where it is mounted. */
  get path(): string {
    return this.#dir.file("mounted");
  }

  /** The path of a file on it. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Mounts it again with other options. */
  async remount(options: string): Promise<void> {
    await must("mount", "-o", `remount,${options}`, this.path);
  }

  /** Fills the remaining space. */
  async fill(): Promise<void> {
    await must(
      "sh",
      "-c",
      'cat /dev/zero > "$1" 2> "$1.why"; test -s "$1"',
      "sh",
      this.file("filler"),
    );
  }

  /** Frees the space that {@linkcode fill} took. */
  async empty(): Promise<void> {
    await must("rm", this.file("filler"), this.file("filler.why"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await must("umount", "--lazy", this.path);
    await this.#dir[Symbol.asyncDispose]();
  }
}
