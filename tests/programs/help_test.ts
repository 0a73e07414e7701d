import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, sourceTest } from "../support/program.ts";

/** The output of `accio`, which must succeed without messages. */
async function printed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("accio", args);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

/** The names of all programs, from their list. */
async function programs(): Promise<string[]> {
  const [, table = ""] = (await printed("help")).split("Programs:\n");
  return Array.from(table.matchAll(/^ {2}(\S+) {2}/gm), ([, name = ""]) => name);
}

Deno.test("accio help is accio --help, and lists the programs", async () => {
  assertEquals(await printed("help"), await printed("--help"));
  const names = await programs();
  assert(names.includes("server-s") && names.includes("grade") && names.includes("completions"));
});

sourceTest("accio help PROGRAM is accio PROGRAM --help, for every program", async () => {
  for (const name of await programs()) {
    const help = await printed("help", name);
    assertEquals(help, await printed(name, "--help"));
    assertMatch(help, new RegExp(`^Usage: accio ${name} `, "m"));
  }
});

sourceTest("accio help lists every option that a program accepts", async () => {
  for (const name of await programs()) {
    // The error message lists them.
    const { stderr } = await run("accio", [name, "--nonsense"]);
    const [, options = ""] = /no option --nonsense; there are (.*?) \(usage/.exec(stderr) ?? [];
    const help = await printed("help", name);
    assertStringIncludes(options, "--help");
    for (const option of options.split(", ")) {
      assertMatch(help, new RegExp(`^ .*${option}\\b`, "m"));
    }
  }
});
