import { assertEquals } from "@std/assert";
import { MAX_EXPRESSION_BYTES } from "../../lib/calculator/answer.ts";
import { Requests, type Step } from "../../lib/calculator/requests.ts";
import { ascii, concat, splits } from "../support/data.ts";

/** What is sent, with `~` for a pause, and its requests, with `$` for a newline at the end. */
const CASES: readonly [sent: string, requests: readonly string[]][] = [
  ["", []],
  ["~", []],
  ["1+1", ["1+1"]],
  ["1+1\n", ["1+1$"]],
  ["1+1\r\n", ["1+1$"]],
  ["1+1\r", ["1+1"]],
  ["1\r\r\n", ["1\r$"]],
  ["1\r2\n", ["1\r2$"]],
  ["\n", ["$"]],
  ["\r\n", ["$"]],
  ["\n\n1\n", ["$", "$", "1$"]],
  ["1\n2\n3", ["1$", "2$", "3"]],
  ["1~2~", ["1", "2"]],
  ["1~\n2\n", ["1", "$", "2$"]],
  ["1\n~2", ["1$", "2"]],
  ["~1~~2\n~", ["1", "2$"]],
  ["\u00e9\n", ["\ufffd$"]],
];

for (const [sent, expected] of CASES) {
  Deno.test(`finds the requests in ${JSON.stringify(sent)}, in every split`, () => {
    for (const pieces of splits(latin1(sent))) {
      assertEquals(requestsIn(pieces), expected, pieces.map(String).join(" | "));
    }
  });
}

function requestsIn(pieces: readonly Uint8Array[]): string[] {
  const requests = new Requests();
  const found: string[] = [];
  const take = (steps: Iterable<Step>) => {
    for (const step of steps) found.push(shown(step));
  };
  for (const piece of pieces) {
    for (const part of String.fromCharCode(...piece).split(/(~)/)) {
      // The connection reuses its memory as well.
      const lent = latin1(part);
      take(part === "~" ? requests.end() : requests.receive(lent));
      lent.fill(0xff);
    }
  }
  take(requests.end());
  assertEquals(requests.isOpen, false);
  return found;
}

function shown(step: Step): string {
  return step.kind === "request" ? step.expression + step.end.replace("\n", "$") : step.kind;
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

Deno.test("a byte order mark is not skipped", () => {
  assertEquals(requestsIn([latin1("\xef\xbb\xbf1\n")]), ["\ufeff1$"]);
});

const LARGEST = "1".repeat(MAX_EXPRESSION_BYTES);

Deno.test("accepts a request of 64 KiB, with or without a newline", () => {
  for (const end of ["", "\n", "\r\n"]) {
    assertEquals(requestsIn([ascii(LARGEST), ascii(end)]), [LARGEST + (end && "$")]);
  }
});

Deno.test("refuses a longer request as soon as it is too long, and answers its newline later", () => {
  const requests = new Requests();
  assertEquals([...requests.receive(ascii(LARGEST))], []);
  assertEquals([...requests.receive(ascii("11"))], [{ kind: "too long" }]);
  assertEquals([...requests.receive(ascii(LARGEST + LARGEST))], []);
  assertEquals(requests.isOpen, true);
  assertEquals([...requests.receive(ascii("1\n2\n"))].map(shown), ["newline", "2$"]);
  assertEquals(requests.isOpen, false);
});

Deno.test("a pause ends a request that is too long, without a second answer", () => {
  const sent = concat(ascii(LARGEST), ascii("1111"));
  assertEquals(requestsIn([sent, ascii("1~2\n")]), ["too long", "2$"]);
});
