import { assertEquals, assertMatch } from "@std/assert";
import { unixTest } from "../support/platform.ts";
import { failures, grade, submission } from "./grading.ts";

/** What the explanation of each failure has to tell such a student. */
const ADVICE: Readonly<Record<number, RegExp>> = {
  2: /Traceback.*write one line that begins with "ERROR:" to sys\.stderr in except/,
  3: /exit status 1 \d+\.\d s later.*does not end accept\(\)/,
  6: /second greeting.*After the client's "confirm-accio\\r\\n" send b"accio\\r\\n" a second time/,
  8: /not established.*backlog of at least 10/,
  9: /still open after 15\.0 s.*the listening socket's timeout is not passed on/,
  12: /second greeting.*a second time/,
};

unixTest("a submission that never confirms learns what to do, test by test", async () => {
  const grading = await grade(["server-s"], ["python3", submission("never_confirms.py"), "{port}"]);
  assertEquals(failures(grading), [2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  for (const { number, expected, came, advice } of grading.tests) {
    const says = ADVICE[number];
    if (says !== undefined) assertMatch(`${number}: ${expected} ${came} ${advice}`, says);
  }
  assertMatch(grading.stdout, /^✗ 13\. .*\n {3}It failed in the same way as 6\.\n/m);
});
