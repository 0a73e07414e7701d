import { assertEquals } from "@std/assert";
import { unixTest } from "../support/platform.ts";
import { failures, grade, submission } from "./grading.ts";

const ALL = [
  ["server-s", "one-byte", "huge", "slow-start", "chatty", "tiny-buffer", "holds-back"],
  ["server-s", "forks", "asyncio"],
  ["server", "one-byte", "forks"],
  ["server", "asyncio", "chatty", "tiny-buffer"],
  ["client", "one-byte", "one-crlf", "small-pieces", "chatty"],
  ["client", "asyncio", "sendfile", "closes-at-once", "slow-start"],
] as const;

const PLACES = {
  "server-s": ["odd_server.py", "{port}"],
  "server": ["odd_server.py", "{port}", "{dir}"],
  "client": ["odd_client.py", "{host}", "{port}", "{file}"],
} as const;

/** The client that the servers are also tested with. */
const CLIENT = `python3 ${submission("odd_client.py")} closes-at-once {host} {port} {file}`;

for (const [suite, ...styles] of ALL) {
  unixTest(`right programs for ${suite} score full marks: ${styles.join(", ")}`, async () => {
    await Promise.all(styles.map(async (style) => {
      const [file, ...places] = PLACES[suite];
      const grading = await grade(
        [suite, ...suite === "server" ? [`--client=${CLIENT}`] : []],
        ["python3", submission(file), style, ...places],
      );
      assertEquals(failures(grading), [], `${style}: ${grading.stdout}`);
      assertEquals([grading.points, grading.possible, grading.code], [95, 95, 0]);
    }));
  });
}
