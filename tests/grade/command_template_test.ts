import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path/join";
import { UsageError } from "../../lib/command/errors.ts";
import { CommandTemplate, joinWords, splitWords } from "../../lib/grade/command_template.ts";

Deno.test("fills in placeholders anywhere in a word, and leaves other braces", () => {
  const template = new CommandTemplate(["run", "{host}:{port}", "{x}", "{}"], ["port"], "COMMAND");
  assertEquals(template.fill({ host: "h", port: 1 }), ["run", "h:1", "{x}", "{}"]);
});

Deno.test("omits words with placeholders that have no value", () => {
  const template = new CommandTemplate(["run", "{host}", "{port}", "-v"], [], "COMMAND");
  assertEquals(template.fillOnly({ host: "h" }), ["run", "h", "-v"]);
});

Deno.test("makes only the names of files in this directory absolute", () => {
  const words = ["python3", "main.ts", "./main.ts", "lib", "./lib", "nothing", "/etc", "{port}"];
  const here = (name: string) => join(Deno.cwd(), name);
  assertEquals(new CommandTemplate(words, [], "COMMAND").anywhere().fill({ port: 1 }), [
    ...["python3", here("main.ts"), here("main.ts"), "lib", here("lib"), "nothing", "/etc", "1"],
  ]);
  assertEquals(new CommandTemplate(["./main.ts"], [], "").anywhere().fill({}), [here("main.ts")]);
  assertEquals(new CommandTemplate(["main.ts"], [], "").anywhere().fill({}), ["main.ts"]);
});

Deno.test("splits a command line at unquoted spaces", () => {
  assertEquals(splitWords(`a  'b c' "d 'e'" f'g h'`, "--client"), ["a", "b c", "d 'e'", "fg h"]);
  assertThrows(() => splitWords("a 'b", "--client"), UsageError, "a quote that is not closed");
});

Deno.test("joins words to a command line that can be typed", () => {
  const words = ["python3", "./a.py", "{port}", "--x=1", "", "b c", `it's "it"`, "$HOME", "*"];
  const line = joinWords(words);
  assertEquals(line, `python3 ./a.py {port} --x=1 '' 'b c' 'it'"'"'s "it"' '$HOME' '*'`);
  assertEquals(splitWords(line, ""), words);
});
