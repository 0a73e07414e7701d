/**
 * What a server has saved, compared with what was sent.
 *
 * @module
 */

import { join } from "@std/path/join";
import { type Edition, ERROR } from "../../accio/protocol.ts";
import { type Finding, Unmet } from "../case.ts";
import { count, readable } from "../readable.ts";
import { difference, firstDifference } from "./difference.ts";

/** How long after the connection's end a file may be completed, in milliseconds. */
const SAVE_LIMIT = 5_000;
/** How often is looked, in milliseconds. */
const POLL = 50;

/**
 * Checks one file, once it is complete.
 *
 * @throws {Unmet} when it holds anything else
 */
export async function expectFile(
  path: string,
  content: Uint8Array,
  edition: Edition,
): Promise<void> {
  await eventually(() => compare(path, content, edition));
}

/**
 * Checks `1.file`, `2.file`, and so on.
 *
 * @param inAnyOrder whether each file may hold any of the contents; their lengths differ
 * @throws {Unmet} when one of them holds anything else
 */
export async function expectFiles(
  dir: string,
  contents: readonly Uint8Array[],
  edition: Edition,
  inAnyOrder: boolean,
): Promise<void> {
  const left = [...contents];
  for (let number = 1; number <= contents.length; number++) {
    const path = join(dir, `${number}.file`);
    await eventually(async () => {
      const size = await lengthOf(path);
      const match = inAnyOrder ? left.findIndex(({ length }) => length === size) : 0;
      const finding = await compare(path, left[Math.max(0, match)] ?? new Uint8Array(0), edition);
      if (finding === undefined) left.splice(Math.max(0, match), 1);
      return finding;
    });
  }
}

async function eventually(look: () => Promise<Finding | undefined>): Promise<void> {
  const end = performance.now() + SAVE_LIMIT;
  for (;;) {
    const finding = await look();
    if (finding === undefined) return;
    if (performance.now() > end) throw new Unmet(finding);
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

/** What is wrong with a file, if anything is. */
async function compare(
  path: string,
  content: Uint8Array,
  edition: Edition,
): Promise<Finding | undefined> {
  const [name = "", dir = ""] = path.split("/").reverse();
  const expected = isError(content)
    ? `${name} with the five bytes ERROR`
    : `${name} with the ${count(content.length, "byte")} that were sent`;
  const size = await lengthOf(path);
  if (size === undefined) {
    return {
      expected,
      came: `there is no such file; ${await names(path.slice(0, -name.length), dir)}`,
      advice:
        "Name the file by the number of the connection, counted from 1, and nothing else: 1.file, 2.file, …, in the directory that the command line names.",
    };
  }
  if (size !== content.length) {
    const begin = size > 100 ? `${count(size, "byte")}` : readable(await Deno.readFile(path), 100);
    return {
      expected,
      came: `the file holds ${begin}`,
      advice: sizeAdvice(size, content, edition),
    };
  }
  const saved = await Deno.readFile(path);
  const at = firstDifference(saved, content);
  if (at === undefined) return undefined;
  const piece = (bytes: Uint8Array) => readable(bytes.subarray(at, at + 16));
  return {
    expected,
    came: `from byte ${at} on the file holds ${piece(saved)} instead of ${piece(content)}`,
    advice: isError(content)
      ? 'What had come is dropped after an error: open the file again with "wb" and write ERROR.'
      : 'Open the file in binary mode ("wb"), decode nothing, and share no variable between connections.',
  };
}

function sizeAdvice(size: number, content: Uint8Array, edition: Edition): string {
  if (isError(content)) {
    return size === 6
      ? "No newline belongs behind ERROR: write the five bytes and nothing else."
      : 'After a timeout open the file again with "wb", which drops what had come, and write b"ERROR".';
  }
  if (size === ERROR.length) return "ERROR is for timeouts and resets; this client closed cleanly.";
  if (size === 0) {
    return "Write what recv returns to the file, and close it: an open file may be empty.";
  }
  return `It has ${difference(size, content.length, edition)}`;
}

function isError(content: Uint8Array): boolean {
  return new TextDecoder().decode(content) === ERROR;
}

/** What is there instead. */
async function names(path: string, dir: string): Promise<string> {
  const found = await Array.fromAsync(Deno.readDir(path), ({ name }) => name).catch(() => []);
  return found.length === 0
    ? `${dir} is empty`
    : `in ${dir} there are: ${found.sort().slice(0, 12).join(", ")}`;
}

/** How long a file is; `undefined` for what is none. */
async function lengthOf(path: string): Promise<number | undefined> {
  try {
    const { isFile, size } = await Deno.lstat(path);
    return isFile ? size : undefined;
  } catch {
    return undefined;
  }
}
