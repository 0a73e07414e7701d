import { assertEquals, assertThrows } from "@std/assert";
import { checkEncoding } from "../../lib/command/encoding.ts";
import { describe, UsageError } from "../../lib/command/errors.ts";
import { printable } from "../../lib/command/printable.ts";

Deno.test("shows control characters as codes, and everything else as it is", () => {
  assertEquals(
    printable("\0\t\r\n\x1b[0m\x7f\x80\x9f"),
    "\\x00\\x09\\x0d\\x0a\\x1b[0m\\x7f\\x80\\x9f",
  );
  assertEquals(printable("\u202e\u2066\u200f\u061c\u2028"), "\\u202e\\u2066\\u200f\\u061c\\u2028");
  const text = "Größe \\ 名 😀 \ufffd \xa0";
  assertEquals(printable(text), text);
});

Deno.test("describes an error in one printable line", () => {
  assertEquals(
    describe(new Error("there is no \x1b[2J\u202e\nat line 1")),
    "there is no \\x1b[2J\\u202e",
  );
});

Deno.test("refuses an argument with U+FFFD, and accepts every other character", () => {
  checkEncoding(["", "Größe", "😀", "\udbff"]);
  assertThrows(() => checkEncoding(["5000", "a\ufffd"]), UsageError, 'one is not: "a\ufffd"');
});
