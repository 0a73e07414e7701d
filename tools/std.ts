/**
 * Prepares the @std packages for the other tasks.
 *
 * Deno downloads them from JSR. Where JSR does not answer, the stand-ins of `tools/std/` are put
 * where Deno looks for vendored packages; they are removed as soon as JSR answers.
 *
 * @module
 */

import { describe, Failure } from "../lib/command/errors.ts";
import { checkRuntime } from "../lib/command/runtime.ts";
import { sha256 } from "./sha256.ts";

const VENDOR = new URL("../vendor/jsr.io/@std/", import.meta.url);
const STAND_INS = new URL("std/", import.meta.url);
const LOCKFILE = new URL("../deno.lock", import.meta.url);
/** The file that marks a vendored package as a stand-in and identifies its content. */
const MARKER = "stand-in";
/** Longest wait for a response from JSR, in milliseconds. */
const PATIENCE = 1500;

if (import.meta.main) {
  try {
    checkRuntime(Deno.version.deno);
    await prepare();
  } catch (error) {
    console.error(`ERROR: ${describe(error)}`);
    Deno.exit(1);
  }
  // A name look-up may still be pending.
  Deno.exit(0);
}

async function prepare(): Promise<void> {
  const missing = names(STAND_INS).filter((name) => !isDownloaded(name));
  if (missing.length === 0) return;
  if (await jsrAnswers()) {
    missing.forEach(remove);
    return;
  }
  const added: string[] = [];
  for (const name of missing) {
    if (add(name, await vendored(name))) added.push(`@std/${name}`);
  }
  if (added.length > 0) {
    console.error(`JSR does not answer: using stand-ins for ${added.join(", ")}`);
  }
}

function isDownloaded(name: string): boolean {
  return exists(new URL(name, VENDOR)) && !exists(new URL(`${name}/${MARKER}`, VENDOR));
}

async function jsrAnswers(): Promise<boolean> {
  const jsr = Deno.env.get("JSR_URL") ?? "https://jsr.io/";
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const response = await fetch(new URL("@std/assert/meta.json", jsr), { signal });
    const meta: unknown = await response.json();
    return typeof meta === "object" && meta !== null && "scope" in meta && meta.scope === "std";
  } catch {
    return false;
  }
}

/** The files of a vendored package, made from a stand-in, by their paths. */
async function vendored(name: string): Promise<ReadonlyMap<string, string>> {
  const lock: { specifiers: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(LOCKFILE),
  );
  const version = Object.entries(lock.specifiers)
    .find(([specifier]) => specifier.startsWith(`jsr:@std/${name}@`))?.[1];
  if (version === undefined) throw new Failure(`deno.lock has no @std/${name}`);
  const folder = new URL(`${name}/`, STAND_INS);
  const files = new Map<string, string>();
  const manifest: Record<string, { size: number; checksum: string }> = {};
  const exports: Record<string, string> = {};
  for (const file of names(folder)) {
    const bytes = await Deno.readFile(new URL(file, folder));
    files.set(`${version}/${file}`, new TextDecoder().decode(bytes));
    manifest[`/${file}`] = { size: bytes.length, checksum: `sha256-${await sha256(bytes)}` };
    // `ensure_dir.ts` is imported as `@std/fs/ensure-dir`, `mod.ts` as `@std/assert`.
    const specifier = file.replace(/\.ts$/, "").replaceAll("_", "-");
    exports[file === "mod.ts" ? "." : `./${specifier}`] = `./${file}`;
  }
  const meta = JSON.stringify({ manifest, exports });
  const versions = { [version]: {} };
  return files
    .set(`${version}_meta.json`, meta)
    .set("meta.json", JSON.stringify({ scope: "std", name, latest: version, versions }))
    .set(MARKER, meta);
}

/** Writes a package, unless it is there with this content; returns whether it was written. */
function add(name: string, files: ReadonlyMap<string, string>): boolean {
  const target = new URL(`${name}/`, VENDOR);
  const marker = new URL(MARKER, target);
  if (exists(marker) && Deno.readTextFileSync(marker) === files.get(MARKER)) return false;
  // Renamed into place, because another task may be reading.
  const temporary = new URL(`.${name}-${crypto.randomUUID()}/`, VENDOR);
  for (const [path, content] of files) {
    const file = new URL(path, temporary);
    Deno.mkdirSync(new URL(".", file), { recursive: true });
    Deno.writeTextFileSync(file, content);
  }
  remove(name);
  Deno.renameSync(temporary, target);
  return true;
}

function remove(name: string): void {
  const folder = new URL(name, VENDOR);
  if (exists(folder)) Deno.removeSync(folder, { recursive: true });
}

function names(folder: URL): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

function exists(url: URL): boolean {
  try {
    return Deno.lstatSync(url) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
