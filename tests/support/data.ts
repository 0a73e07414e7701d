/**
 * Test data and temporary directories.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "@std/path/join";

/** Bytes that look random and are the same for the same seed. */
export function randomBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761 >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** A file larger than this is opened before it is complete. */
export const LARGEST_BLOCK = 31 * 64 * 1024;

/** The bytes of an ASCII text. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Concatenates byte arrays. */
export function concat(
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The bytes in one piece, byte by byte, and in every split into two and three pieces. */
export function* splits(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  for (let i = 0; i <= bytes.length; i++) {
    for (let j = i; j <= bytes.length; j++) {
      yield [bytes.subarray(0, i), bytes.subarray(i, j), bytes.subarray(j)];
    }
  }
}

/** The SHA-256 of bytes, in hexadecimal, to compare data too large for a diff. */
export function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function hashFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  for (let count; (count = await file.read(buffer)) !== null;) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}

/** A directory that is removed when it goes out of scope. */
export class TempDir implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "accio-test-" });

  /** A path in the directory. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** What is in the directory, sorted. */
  names(): string[] {
    return Array.from(Deno.readDirSync(this.path), ({ name }) => name).sort();
  }

  /** Writes a file and returns its path. */
  async write(name: string, content: Uint8Array): Promise<string> {
    await Deno.writeFile(this.file(name), content);
    return this.file(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Whether a path exists. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Copies a file, or a folder with all that is in it. */
export async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) {
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(join(from, name), join(to, name));
  }
}
