import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { Compiler } from "../../tools/compiler.ts";
import { TempDir } from "../support/data.ts";
import { commandLine, type ProgramName, run, startCommand } from "../support/program.ts";

/** The programs with their permission sets, and what these allow. */
const PROGRAMS = [
  ["accio-server-s", "server-s", "listen on 0.0.0.0"],
  ["accio-server", "server", "listen on 0.0.0.0, read a file, write a file"],
  [
    "accio",
    "accio",
    "listen on 0.0.0.0, connect out, listen on 127.0.0.1, read a file, write a file, run a program",
  ],
] as const;

for (const [name, permissions, allowed] of PROGRAMS) {
  Deno.test(`a program that is compiled like ${name} can: ${allowed}; and nothing else`, async () => {
    await using dir = new TempDir();
    const probe = dir.file("probe");
    await new Compiler(Deno.build.target, () => {}).compile(
      probe,
      { permissions, entry: "tests/binaries/probe.ts" },
    );
    await using running = startCommand([probe, dir.file("file")]);
    assertEquals(await running.outcome(), { code: 0, stdout: `${allowed}\n`, stderr: "" });
    assertEquals(
      permissionsIn(await Deno.readFile(commandLine(name)[0])),
      permissionsIn(await Deno.readFile(probe)),
    );
  });
}

/** The permissions that stand in a compiled program. */
function permissionsIn(binary: Uint8Array): string {
  const end = new TextDecoder("latin1").decode(binary.subarray(-2_000_000));
  const [permissions] = /"permissions":\{"allow_env".*?\}/.exec(end) ?? [];
  assert(permissions !== undefined, "the program has no permissions in it");
  return permissions;
}

const NAMES: readonly ProgramName[] = ["accio-server-s", "accio-server", "accio"];
for (const name of NAMES) {
  Deno.test(`compiled ${name} prints its version, runtime and target`, async () => {
    const { stdout } = await run(name, ["--version"]);
    const target = Deno.build.target.replaceAll(".", "\\.");
    const version = config.version.replaceAll(".", "\\.");
    assertMatch(
      stdout,
      new RegExp(`^${name} ${version} \\(Deno \\d+\\.\\d+\\.\\d+, ${target}\\)\n$`),
    );
  });
}
