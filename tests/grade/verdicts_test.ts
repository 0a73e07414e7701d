import { assertEquals, assertMatch } from "@std/assert";
import { unixTest } from "../support/platform.ts";
import { failures, forEachOf, grade, submission, TIMEOUT } from "./grading.ts";

/** A program whose right verdicts are known. */
interface Verdicts {
  readonly habit: string;
  /** The tests to run. */
  readonly only: readonly number[];
  /** Those that must fail; all others must pass. */
  readonly fails: readonly number[];
  /** Matches the explanation of the failures, by the test's number. */
  readonly says?: Readonly<Record<number, RegExp>>;
}

/** Programs of one kind, by their habits. */
interface Kind {
  readonly suite: string;
  /** The program and its arguments after the habit and the timeout. */
  readonly command: readonly [program: string, ...places: string[]];
  readonly verdicts: readonly Verdicts[];
}

const OF_CLIENT = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

const KINDS: readonly Kind[] = [
  {
    suite: "server-s",
    command: ["plain_server_s.py", "{port}"],
    verdicts: [
      {
        habit: "never-closes",
        only: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
        fails: [7],
        says: { 7: /still open.*close the connection/ },
      },
      {
        habit: "receives-once",
        only: [2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16],
        fails: [11, 12, 13, 14, 15, 16],
        says: {
          11: /closed the connection after about 256 bytes.*in a loop until it returns no bytes/,
          12: /closed the connection after about 256 bytes.*in a loop until it returns no bytes/,
        },
      },
      {
        habit: "stops-at-a-newline",
        only: [6, 7, 8, 11, 12],
        fails: [11, 12],
        says: { 11: /closed the connection after about 256 bytes.*newline/ },
      },
      {
        habit: "dies-after-a-file",
        only: [4, 5, 6, 11, 12, 13, 14, 15, 16],
        fails: [11, 13, 15],
        says: { 11: /after the file, on the next connection.*had ended by then: exit status 1/ },
      },
      {
        habit: "prints-errors-to-stderr",
        only: [9, 10, 11, 12],
        fails: [9],
        says: { 9: /; it wrote ERROR to stderr; the course wants it on stdout; .*sys\.stdout/ },
      },
      {
        habit: "prints-numbers-to-stderr",
        only: [9, 10, 11, 12, 13, 14],
        fails: [12, 14],
        says: {
          12: /; it wrote \d{3} to stderr; the course wants it on stdout; .*sys\.stdout/,
          14: /; it wrote \d{8} to stderr; the course wants it on stdout; .*sys\.stdout/,
        },
      },
    ],
  },
  {
    suite: "server",
    command: ["plain_server.py", "{port}", "{dir}"],
    verdicts: [
      {
        habit: "never-closes",
        only: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18],
        fails: [7],
      },
      {
        habit: "never-greets",
        only: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        fails: [5, 6, 7, 8, 11, 12],
      },
    ],
  },
  {
    suite: "client",
    command: ["plain_client.py", "{host}", "{port}", "{file}"],
    verdicts: [
      { habit: "gives-up-a-little-early", only: OF_CLIENT, fails: [] },
      { habit: "has-a-tiny-send-buffer", only: OF_CLIENT, fails: [] },
    ],
  },
];

for (const { suite, command: [program, ...places], verdicts } of KINDS) {
  unixTest(`accio grade ${suite} judges one thing per test`, async () => {
    await forEachOf(verdicts, async ({ habit, only, fails, says = {} }) => {
      const command = ["python3", submission(program), habit, TIMEOUT, ...places];
      const options = ["--protocol=plain", `--timeout=${TIMEOUT}`, `--only=${only.join()}`];
      const grading = await grade([suite, ...options], command);
      assertEquals(failures(grading), fails, `${habit}: ${grading.stdout}`);
      for (const { number, expected, got, advice } of grading.tests) {
        const pattern = says[number];
        if (pattern !== undefined) assertMatch(`${expected}; ${got}; ${advice}`, pattern);
      }
    });
  });
}
