import { assert, assertEquals } from "@std/assert";
import type { Suite } from "../../lib/grade/case.ts";
import { CLIENT } from "../../lib/grade/suites/client.ts";
import { SERVER } from "../../lib/grade/suites/server.ts";
import { SERVER_S } from "../../lib/grade/suites/server_s.ts";

const SECTIONS = [
  [SERVER_S, "The sequential server"],
  [SERVER, "The concurrent server"],
  [CLIENT, "The client"],
] as const;

for (const [suite, heading] of SECTIONS) {
  Deno.test(`docs/tests.md lists the tests of ${suite.name}`, async () => {
    const [, section = ""] = (await Deno.readTextFile("docs/tests.md")).split(`\n## ${heading}\n`);
    const [own = ""] = section.split("\n## ");
    const rows = [...own.matchAll(/^\| (\d+) +\| (\d+) +\| (.*?) +\|$/gm)]
      .map(([, ...cells]) => cells.map((cell) => cell.replaceAll("`", "")));
    assertEquals(
      rows,
      suite.cases.map(({ number, points, title }) => [`${number}`, `${points}`, title]),
    );
  });

  Deno.test(`the tests of ${suite.name} cite sections that exist`, async () => {
    for (const [document, heading] of citations(suite)) {
      const text = await Deno.readTextFile(document);
      assert(text.includes(`\n## ${heading}\n`), `${document} has no "${heading}"`);
    }
  });
}

/** The documents and sections that the tests of a suite cite. */
function citations(suite: Suite): [string, string][] {
  return suite.cases.map(({ number, requirement }) => {
    const [, document, heading] = /\((docs\/\S+\.md), "(.+)"\)\./.exec(requirement) ?? [];
    assert(document !== undefined && heading !== undefined, `test ${number}: ${requirement}`);
    return [document, heading];
  });
}
