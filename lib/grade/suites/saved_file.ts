import { join } from "@std/path/join";
import { type Edition, ERROR } from "../../accio/protocol.ts";
import { firstDifference } from "../bytes.ts";
import { type Finding, Unmet } from "../finding.ts";
import { count, readable } from "../readable.ts";
import { eventually } from "../waiting.ts";
import { difference } from "./difference.ts";

/** How long a server may take to complete a file after the connection's end, in milliseconds. */
const SAVE_LIMIT = 5_000;

/**
 * Checks `1.file`, `2.file`, and so on in a directory.
 *
 * @param inAnyOrder whether each file may have any of the contents; their lengths differ
 */
export async function expectFiles(
  dir: string,
  contents: readonly Uint8Array[],
  edition: Edition,
  inAnyOrder = false,
): Promise<void> {
  const left = [...contents];
  for (let number = 1; number <= contents.length; number++) {
    const name = `${number}.file`;
    const check = async () => {
      const size = await lengthOf(join(dir, name));
      const match = inAnyOrder ? left.findIndex(({ length }) => length === size) : 0;
      const [content = new Uint8Array(0)] = left.slice(Math.max(0, match));
      const finding = await compare(dir, name, content, edition);
      if (finding === undefined) left.splice(Math.max(0, match), 1);
      return finding;
    };
    const finding = await eventually(SAVE_LIMIT, check, (finding) => finding === undefined);
    if (finding !== undefined) throw new Unmet(finding);
  }
}

/** What is wrong with a file, if anything is. */
async function compare(
  dir: string,
  name: string,
  content: Uint8Array,
  edition: Edition,
): Promise<Finding | undefined> {
  const path = join(dir, name);
  const isError = new TextDecoder().decode(content) === ERROR;
  const expected = isError
    ? `${name} with the five bytes ERROR`
    : `${name} with the ${count(content.length, "byte")} that were sent`;
  const size = await lengthOf(path);
  if (size === undefined) {
    return {
      expected,
      got: `no such file; ${await listing(dir)}`,
      advice:
        "Name each file after the number of its connection, counted from 1, in the directory from the command line: 1.file, 2.file, …",
    };
  }
  if (size !== content.length) {
    const found = size > 100 ? count(size, "byte") : readable(await Deno.readFile(path), 100);
    return {
      expected,
      got: `a file with ${found}`,
      advice: isError ? errorAdvice(size) : sizeAdvice(size, content.length, edition),
    };
  }
  const saved = await Deno.readFile(path);
  const at = firstDifference(saved, content);
  if (at === undefined) return undefined;
  const part = (bytes: Uint8Array) => readable(bytes.subarray(at, at + 16));
  return {
    expected,
    got: `${part(saved)} instead of ${part(content)} from byte ${at} on`,
    advice: isError
      ? 'After an error, discard what was received: open the file again with "wb" and write ERROR.'
      : 'Open the file in binary mode ("wb"), decode nothing, and share no variables between connections.',
  };
}

function errorAdvice(size: number): string {
  return size === ERROR.length + 1
    ? "No newline belongs after ERROR: write exactly the five bytes."
    : 'After a timeout, open the file again with "wb", which discards what was received, and write b"ERROR".';
}

function sizeAdvice(size: number, right: number, edition: Edition): string {
  if (size === ERROR.length) return "ERROR is for timeouts and resets; this client closed cleanly.";
  if (size === 0) {
    return "Write what recv() returns to the file, and close it: the content of an open file may not be on disk yet.";
  }
  return `It has ${difference(size, right, edition)}`;
}

/** Whether a file in a directory has the length of the content, which no other file has. */
export async function isSaved(dir: string, { length }: Uint8Array): Promise<boolean> {
  const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name).catch(() => []);
  return (await Promise.all(names.map((name) => lengthOf(join(dir, name))))).includes(length);
}

async function listing(dir: string): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name).catch(() => []);
  return names.length === 0
    ? "the directory is empty"
    : `the directory has: ${names.sort().slice(0, 12).join(", ")}`;
}

/** The length of a file; `undefined` if there is no such file. */
async function lengthOf(path: string): Promise<number | undefined> {
  try {
    const { isFile, size } = await Deno.lstat(path);
    return isFile ? size : undefined;
  } catch {
    return undefined;
  }
}
