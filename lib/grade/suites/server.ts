/**
 * The tests of the server that saves.
 *
 * @module
 */

import { join } from "@std/path/join";
import { ERROR } from "../../accio/protocol.ts";
import { type Suite, type TestCase, Unmet } from "../case.ts";
import type { Lab, ServerUnderTest } from "../lab.ts";
import { inSeconds } from "../readable.ts";
import { awaitGreeting, expectNoReset, upload } from "../upload.ts";
import { BEGINNINGS } from "./any_server.ts";
import { expectFile, expectFiles } from "./saved_file.ts";
import { AFTER_TIMEOUT, silenceCase } from "./silence.ts";

/** How many files there are in the larger tests. */
const FILES = 10;
/** How long the submitted client may take for one file, in milliseconds. */
const CLIENT_LIMIT = 90_000;

const STANDS_IN = '(docs/tests.md, "The concurrent server")';
const LINK = "with emulated delays and transmission errors";

const tenAtOnce: TestCase = {
  number: 8,
  points: 5,
  title: "receives and processes 10 connections simultaneously",
  requirement: `All connections are served at once: 10 in parallel are the least ${STANDS_IN}.`,
  async run(lab) {
    const server = await lab.startServer();
    const peers = await Promise.all(
      Array.from({ length: FILES }, () => lab.connect(server.port)),
    );
    await Promise.all(peers.map(async (peer, i) => {
      try {
        await awaitGreeting(peer);
      } catch (error) {
        if (!(error instanceof Unmet)) throw error;
        const greeted = peers.filter(({ total }) => total > 0).length;
        throw new Unmet({
          ...error.finding,
          expected: `all ${FILES} connections to be greeted while all of them are open`,
          came: `${greeted} were greeted; connection ${i + 1}: ${error.finding.came}`,
          advice:
            "Start a thread for each connection right after accept(), and accept the next one at once.",
        });
      }
    }));
    await Promise.all(
      peers.map((peer, i) => upload(lab, peer, lab.setup.material.small(i), `connection ${i + 1}`)),
    );
  },
};

const silence = silenceCase(
  `writes ${ERROR} into the corresponding file`,
  ({ dir }) => expectFile(join(dir, "1.file"), new TextEncoder().encode(ERROR), "confirm"),
);

/** Who sends: the submitted client, or the instructor's. */
type Sender = "submitted" | "instructor's";

/** Tests 11 to 14. */
function small(number: number, sender: Sender): TestCase[] {
  const usesClient = sender === "submitted";
  const send = async (lab: Lab, server: ServerUnderTest) => {
    await sendFile(lab, server.port, sender, lab.setup.material.small(), `${sender} client`);
  };
  return [
    {
      number,
      points: 5,
      title: `receives a small file (~500 bytes) from the ${sender} client`,
      requirement:
        `The server takes every byte until the client closes its side, then closes the connection ${STANDS_IN}.`,
      usesClient,
      run: async (lab) => await send(lab, await lab.startServer()),
    },
    {
      number: number + 1,
      points: 5,
      title: `saves the file of ${number} right`,
      requirement:
        `What the first connection sends lands in DIR/1.file, byte for byte, without the handshake ${STANDS_IN}.`,
      usesClient,
      async run(lab) {
        const server = await lab.startServer();
        await send(lab, server);
        const { material, edition } = lab.setup;
        await expectFile(join(server.dir, "1.file"), material.small(), edition);
      },
    },
  ];
}

/** One of the tests from 15 to 20. */
interface TenFiles {
  readonly number: number;
  readonly sender: Sender;
  readonly order: "one after another" | "in parallel";
  readonly isLinkBad: boolean;
}

const TEN_FILES: readonly TenFiles[] = [
  { number: 15, sender: "submitted", order: "one after another", isLinkBad: false },
  { number: 16, sender: "submitted", order: "in parallel", isLinkBad: false },
  { number: 17, sender: "instructor's", order: "one after another", isLinkBad: false },
  { number: 18, sender: "instructor's", order: "in parallel", isLinkBad: false },
  { number: 19, sender: "instructor's", order: "one after another", isLinkBad: true },
  { number: 20, sender: "instructor's", order: "in parallel", isLinkBad: true },
];

function tenFiles({ number, sender, order, isLinkBad }: TenFiles): TestCase {
  const inParallel = order === "in parallel";
  return {
    number,
    points: 5,
    title: `receives ten ~10 MiB files ${order} from the ${sender} client` +
      (isLinkBad ? `, ${LINK}` : ""),
    requirement: `Each connection takes the next number, and what it sends lands in DIR/1.file … ` +
      `DIR/10.file, byte for byte ${STANDS_IN}.` +
      (inParallel ? " Which of the parallel ones is first is left open." : ""),
    // It is slow because of the link.
    ...(isLinkBad ? { waits: true } : {}),
    usesClient: sender === "submitted",
    async run(lab) {
      const server = await lab.startServer();
      const link = isLinkBad ? lab.link(server.port) : undefined;
      const port = link?.port ?? server.port;
      const contents = Array.from({ length: FILES }, (_, i) => lab.setup.material.large(i));
      const send = (content: Uint8Array, i: number) =>
        sendFile(lab, port, sender, content, `file ${i + 1}`);
      if (inParallel) await Promise.all(contents.map(send));
      else for (const [i, content] of contents.entries()) await send(content, i);
      if (link !== undefined) expectNoReset(link);
      await expectFiles(server.dir, contents, lab.setup.edition, inParallel);
    },
  };
}

async function sendFile(
  lab: Lab,
  port: number,
  sender: Sender,
  content: Uint8Array,
  name: string,
): Promise<void> {
  const { client } = lab.setup;
  if (sender === "instructor's" || client === undefined) {
    return await upload(lab, await lab.connect(port), content, name);
  }
  const file = await lab.write(`${name.replaceAll(/\W/g, "-")}.bin`, content);
  const process = lab.startClient(client, { port, file });
  const ended = await process.endsWithin(CLIENT_LIMIT);
  if (ended && process.exitStatus === 0) return;
  throw new Unmet({
    expected: "the submitted client to send the file and end with exit status 0",
    came: ended
      ? `it ended with ${process.fate}`
      : `it was still running ${inSeconds(CLIENT_LIMIT)} later`,
    advice:
      "Either side can be the cause: run the client suite too; if the client passes there, look at what the server does to its connection.",
  });
}

/** The server: `server PORT DIR`. */
export const SERVER: Suite = {
  name: "server",
  placeholders: ["port", "dir"],
  cases: [
    ...BEGINNINGS,
    tenAtOnce,
    silence,
    AFTER_TIMEOUT,
    ...small(11, "submitted"),
    ...small(13, "instructor's"),
    ...TEN_FILES.map(tenFiles),
  ],
};
