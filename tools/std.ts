/**
 * Has the @std packages ready for the other tasks.
 *
 * Where JSR answers there is nothing to do: Deno brings them. Where it does not,
 * this lays out the stand-ins of `tools/std/` where Deno looks for vendored
 * packages. They are marked, and go again as soon as JSR answers.
 *
 * @module
 */

import { describe, Failure } from "../lib/command/errors.ts";
import { checkRuntime } from "../lib/command/runtime.ts";

const VENDOR = new URL("../vendor/jsr.io/@std/", import.meta.url);
const STAND_INS = new URL("std/", import.meta.url);
const LOCKFILE = new URL("../deno.lock", import.meta.url);
/** The file that marks a vendored package as a stand-in, and tells of which content. */
const MARKER = "stand-in";
/** How long JSR may take to answer, in milliseconds. */
const PATIENCE = 1500;

/** A stand-in for a package, as Deno wants to find it. */
interface StandIn {
  readonly name: string;
  /** What is at which path below the package's folder. */
  readonly files: ReadonlyMap<string, string>;
}

if (import.meta.main) {
  try {
    checkRuntime(Deno.version.deno);
    await prepare();
  } catch (error) {
    console.error(`ERROR: ${describe(error)}`);
    Deno.exit(1);
  }
  // Do not wait for a look-up that may still be under way.
  Deno.exit(0);
}

async function prepare(): Promise<void> {
  const missing = names(STAND_INS).filter((name) => !isReal(name));
  if (missing.length === 0) return;
  if (await jsrAnswers()) {
    missing.forEach(remove);
    return;
  }
  const laidOut: string[] = [];
  for (const name of missing) {
    if (layOut(await readStandIn(name))) laidOut.push(`@std/${name}`);
  }
  if (laidOut.length > 0) {
    console.error(
      `JSR does not answer: stand-ins serve for ${laidOut.join(", ")}`,
    );
  }
}

/** Whether the package itself is there, as Deno has brought it. */
function isReal(name: string): boolean {
  return exists(new URL(`${name}/`, VENDOR)) &&
    !exists(new URL(`${name}/${MARKER}`, VENDOR));
}

async function jsrAnswers(): Promise<boolean> {
  const jsr = Deno.env.get("JSR_URL") ?? "https://jsr.io/";
  try {
    const response = await fetch(new URL("@std/assert/meta.json", jsr), {
      signal: AbortSignal.timeout(PATIENCE),
    });
    const meta: unknown = await response.json();
    return typeof meta === "object" && meta !== null && "scope" in meta &&
      meta.scope === "std";
  } catch {
    return false;
  }
}

async function readStandIn(name: string): Promise<StandIn> {
  const lock: { specifiers: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(LOCKFILE),
  );
  const version = Object.entries(lock.specifiers)
    .find(([specifier]) => specifier.startsWith(`jsr:@std/${name}@`))?.[1];
  if (version === undefined) {
    throw new Failure(`deno.lock does not tell @std/${name}`);
  }
  const folder = new URL(`${name}/`, STAND_INS);
  const files = new Map<string, string>();
  const manifest: Record<string, { size: number; checksum: string }> = {};
  const exports: Record<string, string> = {};
  for (const file of names(folder)) {
    const bytes = await Deno.readFile(new URL(file, folder));
    files.set(`${version}/${file}`, new TextDecoder().decode(bytes));
    manifest[`/${file}`] = {
      size: bytes.length,
      checksum: `sha256-${await sha256(bytes)}`,
    };
    exports[exportName(file)] = `./${file}`;
  }
  const versionMeta = JSON.stringify({ manifest, exports });
  const versions = { [version]: {} };
  files.set(`${version}_meta.json`, versionMeta);
  files.set(
    "meta.json",
    JSON.stringify({ scope: "std", name, latest: version, versions }),
  );
  files.set(MARKER, versionMeta);
  return { name, files };
}

/** Writes a stand-in, unless just that is there; returns whether it was written. */
function layOut({ name, files }: StandIn): boolean {
  const target = new URL(`${name}/`, VENDOR);
  const marker = new URL(MARKER, target);
  if (exists(marker) && Deno.readTextFileSync(marker) === files.get(MARKER)) {
    return false;
  }
  // Made aside and then renamed: another task never sees half of it.
  const aside = new URL(`.${name}-${crypto.randomUUID()}/`, VENDOR);
  for (const [path, content] of files) {
    const file = new URL(path, aside);
    Deno.mkdirSync(new URL(".", file), { recursive: true });
    Deno.writeTextFileSync(file, content);
  }
  remove(name);
  Deno.renameSync(aside, target);
  return true;
}

/** `ensure_dir.ts` is imported as `@std/fs/ensure-dir`, `mod.ts` as `@std/assert`. */
function exportName(file: string): string {
  return file === "mod.ts" ? "." : `./${file.replace(/\.ts$/, "").replaceAll("_", "-")}`;
}

function remove(name: string): void {
  const folder = new URL(`${name}/`, VENDOR);
  if (exists(folder)) Deno.removeSync(folder, { recursive: true });
}

function names(folder: URL): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

function exists(url: URL): boolean {
  try {
    Deno.lstatSync(url);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  )
    .join("");
}
