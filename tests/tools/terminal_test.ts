import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path/join";
import { commands, draw, shown } from "../../tools/terminal.ts";
import { ROOT } from "../support/program.ts";

Deno.test("the picture in the README shows the README's commands and what they say", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const { start, client } = commands(readme);
  const picture = await Deno.readTextFile(join(ROOT, "docs", "terminal.svg"));
  assertMatch(start, /^npx -y deno@\S+ task start \d+ \S+$/);
  assertMatch(client, /^npx -y deno@\S+ task client \S+ \d+ \S+$/);
  for (const command of [start, client]) assertStringIncludes(picture, `\n$ ${command}\n`);
  assertStringIncludes(readme, "docs/terminal.svg");
  assertMatch(picture, /^listening on 0\.0\.0\.0:5000$/m);
});

Deno.test("a line that a program draws again is shown as it was in the end", () => {
  assertEquals(shown("\r\x1b[2K10 %\r\x1b[2K100 %\r\n"), ["100 %"]);
  assertEquals(shown("one\r\n\x1b[1mtwo\x1b[0m\n"), ["one", "two"]);
});

Deno.test("what a program says is drawn as text, whatever it is", () => {
  const picture = draw([{ title: "a & b", lines: ["$ x <y>"] }]);
  assertStringIncludes(picture, "a &amp; b");
  assertStringIncludes(picture, "x &lt;y&gt;</text>");
});
