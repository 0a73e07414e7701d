import { expectOr } from "../expectations.ts";
import type { Lab, ServerUnderTest } from "../lab.ts";
import { inSeconds } from "../readable.ts";
import { REPLY_LIMIT } from "../limits.ts";
import type { Peer } from "../peer.ts";
import { awaitGreeting } from "../reference_client.ts";

/**
 * Checks that a server that has received a file goes on to greet the next connection.
 *
 * @param before the connection that brought the file, if it is known
 */
export async function expectServing(
  { network }: Lab,
  { port }: ServerUnderTest,
  before?: Peer,
): Promise<void> {
  const next = async () => await awaitGreeting(await network.connect(port));
  await expectOr(next(), ({ got, advice }) => ({
    expected: "the server to receive the file, and then to serve the next connection",
    ...(before?.state === "open"
      ? {
        got: `the first connection was still open, and the next one was not greeted within ${
          inSeconds(REPLY_LIMIT)
        }`,
        advice:
          "When recv() returns no bytes, the client has finished: leave the loop, close the connection, and call accept() again.",
      }
      : { got: `after the file, on the next connection: ${got}`, advice }),
  }));
}
