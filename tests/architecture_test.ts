/**
 * Which folder of lib/ knows which: the arrows point down, from the programs
 * to what they are made of, and never back or across.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { ROOT } from "./support/program.ts";

/** What the modules of each folder may import of lib/, beside their own folder. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // What a command line program is: knows no network.
  command: [],
  // TCP under every server: knows no protocol, and no command line.
  net: [],
  // What every server is: a command line program with a listening socket.
  server: ["command/", "net/"],
  // The families: they never import each other.
  accio: ["command/", "net/", "server/"],
  message: ["command/", "net/", "server/"],
  calculator: ["command/", "net/", "server/"],
  echo: ["command/", "net/", "server/"],
  // A bad network: knows nothing of the programs on either side.
  link: [],
  // The grader tests what the protocol says; it has its own sockets, free of our servers' rules.
  grade: ["command/", "link/", "accio/protocol.ts"],
};

/** What any module may import from outside of lib/. */
const OUTSIDE = /^(@std\/|node:)/;
/** The process is the matter of this folder and of the entry points. */
const PROCESS = "command/";
const OF_PROCESS = /\b(Deno\.(exit|args|addSignalListener)\b|console\.)/;

/** A module of lib/; its path is relative to that. */
interface Module {
  readonly path: string;
  readonly code: string;
}

async function* modules(folder = ""): AsyncGenerator<Module> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, "lib", folder))) {
    const path = `${folder}${name}`;
    if (isDirectory) yield* modules(`${path}/`);
    else yield { path, code: await Deno.readTextFile(join(ROOT, "lib", path)) };
  }
}

const MODULES = await Array.fromAsync(modules());

/** What a module imports: paths relative to lib/, or what is no path. */
function imports({ path, code }: Module): string[] {
  const specifiers = code.matchAll(
    /^(?:import|export)\b(?:[\w\s{},*]*\bfrom)?\s*["']([^"']+)|\bimport\(\s*["']([^"']+)|\bnew URL\(\s*["'](\.[^"']+)/gm,
  );
  return Array.from(specifiers, ([, from, dynamic, worker]) => {
    const specifier = from ?? dynamic ?? worker ?? "";
    return specifier.startsWith(".")
      ? new URL(specifier, `file:///lib/${path}`).pathname.replace(/^\/lib\//, "")
      : specifier;
  });
}

function folderOf(path: string): string {
  return path.split("/", 1).join("");
}

function isAllowed(importer: string, imported: string): boolean {
  const folder = folderOf(importer);
  if (folder === folderOf(imported) || OUTSIDE.test(imported)) return true;
  if (importer === "command/main.ts" && imported === "/deno.json") return true; // The version.
  return ALLOWED[folder]?.some((start) => imported.startsWith(start)) ?? false;
}

Deno.test("every folder of lib/ has its place in the architecture", () => {
  const folders = new Set(MODULES.map(({ path }) => folderOf(path)));
  assertEquals([...folders].sort(), Object.keys(ALLOWED).sort());
});

Deno.test("the modules of lib/ import only what the architecture allows", () => {
  const wrong = MODULES.flatMap((module) =>
    imports(module)
      .filter((imported) => !isAllowed(module.path, imported))
      .map((imported) => `lib/${module.path} imports ${imported}`)
  );
  assertEquals(wrong, []);
});

Deno.test("the check of imports sees each form of them, and what is not allowed", () => {
  const code = 'import a from "../net/a.ts";\nimport type { B } from "./b.ts";\n' +
    'import {\n  c,\n} from "@std/c";\nexport { d } from "../../main.ts";\n' +
    'import "./e.ts";\nexport const notFrom = "f";\nawait import("../grade/f.ts");\n' +
    'new Worker(new URL("./g.ts", import.meta.url));\nimport h from "npm:h";\n';
  const found = imports({ path: "echo/x.ts", code });
  assertEquals(found, [
    "net/a.ts",
    "echo/b.ts",
    "@std/c",
    "/main.ts",
    "echo/e.ts",
    "grade/f.ts",
    "echo/g.ts",
    "npm:h",
  ]);
  assertEquals(found.filter((imported) => !isAllowed("echo/x.ts", imported)), [
    "/main.ts",
    "grade/f.ts",
    "npm:h",
  ]);
});

/** A module's way back to itself through its imports, if there is one. */
function circleOf(start: string, importsOf: ReadonlyMap<string, readonly string[]>): string[] {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of importsOf.get(way.at(-1) ?? "") ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}

Deno.test("no module of lib/ imports itself, by however many others; types count, too", () => {
  const importsOf = new Map(MODULES.map((module) => [module.path, imports(module)]));
  const circles = MODULES.map(({ path }) => circleOf(path, importsOf).join(" -> "));
  assertEquals(circles.filter((circle) => circle !== ""), []);
  const chain = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", []], ["d", ["a"]]]);
  assertEquals(circleOf("a", chain), ["a", "b", "d", "a"]);
});

Deno.test("only lib/command/ and the entry points touch the process", () => {
  const wrong = MODULES
    .filter(({ path, code }) => !path.startsWith(PROCESS) && OF_PROCESS.test(code))
    .map(({ path }) => `lib/${path}`);
  assertEquals(wrong, []);
});
