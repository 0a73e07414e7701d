import { assertEquals, assertMatch } from "@std/assert";
import { unixTest } from "../support/platform.ts";
import { failures, grade, submission } from "./grading.ts";

/** What the explanation of each failure must contain. */
const ADVICE: Readonly<Record<number, RegExp>> = {
  2: /Traceback.*in except, write one line that begins with "ERROR:" to sys\.stderr/,
  3: /exit status 1 after \d+\.\d s.*does not end accept\(\)/,
  6: /second greeting.*After the client's "confirm-accio\\r\\n" send b"accio\\r\\n" a second time/,
  8: /not established.*backlog of at least 10/,
  9: /still open after 15\.0 s.*does not inherit the listening socket's timeout/,
  12: /second greeting.*a second time/,
};

unixTest("a submission that never confirms gets advice for each failure", async () => {
  const grading = await grade(["server-s"], ["python3", submission("never_confirms.py"), "{port}"]);
  assertEquals(failures(grading), [2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  for (const { number, expected, got, advice } of grading.tests) {
    const says = ADVICE[number];
    if (says !== undefined) assertMatch(`${number}: ${expected} ${got} ${advice}`, says);
  }
  assertMatch(grading.stdout, /^✗ 13\. .*\n {3}Failed in the same way as 6\.\n/m);
});
