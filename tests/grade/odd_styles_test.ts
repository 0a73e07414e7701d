import { assertEquals } from "@std/assert";
import { ALL, amount } from "../support/faults.ts";
import { unixTest } from "../support/platform.ts";
import { failures, forEachOf, grade, submission, TIMEOUT } from "./grading.ts";

/** A client to test the servers with. */
const CLIENT = `--client=python3 ${
  submission("odd_client.py")
} closes-at-once 10 {host} {port} {file}`;
/** Without the ten large files. */
const LIGHT = "--only=2,3,4,5,6,7,8,9,10,11,12,13,14";
/** The whole server suite takes minutes. */
const OF_SERVER = ALL ? [] : [LIGHT];

/** A suite, its options, and correct programs in unusual styles. */
interface OddStyles {
  readonly suite: "server-s" | "server" | "client";
  readonly options: readonly string[];
  readonly timeout: string;
  readonly styles: readonly string[];
  /** Number of styles to try in a short run. */
  readonly quick: number;
}

const SHORT = { timeout: TIMEOUT, options: [`--timeout=${TIMEOUT}`] };
/** Once with the real 10 seconds. */
const REAL = { timeout: "10", options: [], quick: 0 };

const ODD_STYLES: readonly OddStyles[] = [
  {
    suite: "server-s",
    ...SHORT,
    styles: [
      ...["one-byte", "tiny-buffer", "forks", "asyncio"],
      ...["huge", "slow-start", "chatty", "holds-back"],
    ],
    quick: 2,
  },
  {
    suite: "server",
    ...SHORT,
    options: [...SHORT.options, LIGHT],
    styles: ["one-byte", "forks", "chatty", "tiny-buffer"],
    quick: 2,
  },
  {
    suite: "server",
    ...SHORT,
    options: [...SHORT.options, CLIENT, ...OF_SERVER],
    styles: ["asyncio"],
    quick: 1,
  },
  {
    suite: "client",
    ...SHORT,
    styles: [
      ...["one-byte", "one-crlf", "asyncio", "closes-at-once"],
      ...["small-pieces", "chatty", "sendfile", "slow-start"],
    ],
    quick: 2,
  },
  { suite: "server-s", ...REAL, styles: ["threads"] },
  { suite: "server", ...REAL, options: [CLIENT], styles: ["threads"] },
  { suite: "client", ...REAL, styles: ["plain"] },
];

const COMMANDS = {
  "server-s": ["odd_server.py", "{port}"],
  "server": ["odd_server.py", "{port}", "{dir}"],
  "client": ["odd_client.py", "{host}", "{port}", "{file}"],
} as const;

for (const { suite, options, timeout, styles: all, quick } of ODD_STYLES) {
  const styles = all.slice(0, amount(all.length, quick));
  if (styles.length === 0) continue;
  const name = `a correct ${suite} with a timeout of ${timeout} s scores full marks: ${
    styles.join(", ")
  }`;
  unixTest(name, async () => {
    await forEachOf(styles, async (style) => {
      const [file, ...places] = COMMANDS[suite];
      const command = ["python3", submission(file), style, timeout, ...places];
      const grading = await grade([suite, ...options], command);
      assertEquals(failures(grading), [], `${style}: ${grading.stdout}`);
      assertEquals([grading.points, grading.code], [grading.possible, 0]);
    });
  });
}
