import { ERROR } from "../../accio/protocol.ts";
import type { Suite, TestCase } from "../case.ts";
import { expectOr, expectSuccess } from "../expectations.ts";
import type { Lab } from "../lab.ts";
import { HOST } from "../network.ts";
import { awaitGreeting, type Delivery, expectNoReset, upload } from "../reference_client.ts";
import { BEGINNINGS } from "./both_servers.ts";
import { expectFiles, isSaved } from "./saved_file.ts";
import { AFTER_TIMEOUT, silenceCase } from "./silence.ts";
import { expectServing } from "./still_serving.ts";

/** Number of files in the larger tests. */
const FILES = 10;
/** How long the submitted client may take for one file, in milliseconds. */
const CLIENT_LIMIT = 90_000;

const SECTION = '(docs/tests.md, "The concurrent server")';

/** The suite for `server PORT DIR`. */
export const SERVER: Suite = {
  name: "server",
  placeholders: ["port", "dir"],
  cases: [
    ...BEGINNINGS,
    {
      number: 8,
      points: 5,
      title: "receives and processes 10 connections simultaneously",
      requirement: `The server serves all connections at once, at least 10 of them ${SECTION}.`,
      async run(lab) {
        const { network, setup } = lab;
        const server = await lab.startServer();
        const peers = await Promise.all(
          Array.from({ length: FILES }, () => network.connect(server.port)),
        );
        const greeted = () => peers.filter(({ total }) => total > 0).length;
        await Promise.all(peers.map((peer, i) =>
          expectOr(awaitGreeting(peer), ({ got }) => ({
            expected: `all ${FILES} connections to be greeted while all of them are open`,
            got: `${greeted()} were greeted; connection ${i + 1}: ${got}`,
            advice:
              "Start a thread for each connection right after accept(), and accept the next one at once.",
          }))
        ));
        await Promise.all(
          peers.map((peer, i) =>
            upload(lab, peer, setup.material.small(i), {
              name: `connection ${i + 1}`,
              inOnePiece: true,
            })
          ),
        );
      },
    },
    silenceCase(
      `writes ${ERROR} into the corresponding file`,
      ({ dir }) => expectFiles(dir, [new TextEncoder().encode(ERROR)], "confirm"),
    ),
    AFTER_TIMEOUT,
    ...smallFile(11, "submitted"),
    ...smallFile(13, "instructor's"),
    tenFiles(15, "submitted", "one after another"),
    tenFiles(16, "submitted", "in parallel"),
    tenFiles(17, "instructor's", "one after another"),
    tenFiles(18, "instructor's", "in parallel"),
    tenFiles(19, "instructor's", "one after another", true),
    tenFiles(20, "instructor's", "in parallel", true),
  ],
};

/** Which client sends the files. */
type Sender = "submitted" | "instructor's";

/** Sends a file with either client. */
async function sendFile(
  lab: Lab,
  port: number,
  sender: Sender,
  content: Uint8Array,
  delivery: Delivery & { readonly name: string },
): Promise<void> {
  const { client } = lab.setup;
  if (sender === "instructor's" || client === undefined) {
    return await upload(lab, await lab.network.connect(port), content, delivery);
  }
  const file = await lab.directory.write(`${delivery.name.replaceAll(/\W/g, "-")}.bin`, content);
  await expectSuccess(
    lab.processes.start(client.fill({ host: HOST, port, file })),
    CLIENT_LIMIT,
    "the submitted client to send the file and end with exit status 0",
    () =>
      "Either side can be the cause. Run the client suite too: if the client passes there, look at what the server does to its connection.",
  );
}

/** Tests 11 to 14. */
function smallFile(number: number, sender: Sender): TestCase[] {
  const usesClient = sender === "submitted";
  const name = `${sender} client`;
  return [
    {
      number,
      points: 5,
      title: `receives a small file (~500 bytes) from the ${sender} client`,
      requirement:
        `The server receives every byte until the client closes its side, and then serves the next connection ${SECTION}.`,
      usesClient,
      async run(lab) {
        const server = await lab.startServer();
        await sendFile(lab, server.port, sender, lab.setup.material.small(), { name });
        await expectServing(lab, server);
      },
    },
    {
      number: number + 1,
      points: 5,
      title: `saves the file of test ${number} correctly`,
      requirement:
        `The file from the first connection is saved as DIR/1.file, byte for byte, without the handshake ${SECTION}.`,
      usesClient,
      async run(lab) {
        const server = await lab.startServer();
        const { material, edition } = lab.setup;
        const content = material.small();
        const isDone = () => isSaved(server.dir, content);
        await sendFile(lab, server.port, sender, content, { name, isDone });
        await expectFiles(server.dir, [content], edition);
      },
    },
  ];
}

/** Tests 15 to 20. */
function tenFiles(
  number: number,
  sender: Sender,
  order: "one after another" | "in parallel",
  isLinkBad = false,
): TestCase {
  const inParallel = order === "in parallel";
  return {
    number,
    points: 5,
    title: `receives ten ~10 MiB files ${order} from the ${sender} client` +
      (isLinkBad ? ", with emulated delays and transmission errors" : ""),
    requirement: "Each connection gets the next number, and its file is saved as DIR/1.file … " +
      `DIR/10.file, byte for byte ${SECTION}.` +
      (inParallel ? " Parallel connections may be numbered in any order." : ""),
    // Mostly, it waits for the link.
    ...(isLinkBad ? { waits: true } : {}),
    usesClient: sender === "submitted",
    async run(lab) {
      const { network, setup } = lab;
      const server = await lab.startServer();
      const route = network.route(server.port, isLinkBad);
      const contents = Array.from({ length: FILES }, (_, i) => setup.material.large(i));
      const send = (content: Uint8Array, i: number) =>
        sendFile(lab, route.port, sender, content, {
          name: `file ${i + 1}`,
          isDone: () => isSaved(server.dir, content),
        });
      if (inParallel) await Promise.all(contents.map(send));
      else for (const [i, content] of contents.entries()) await send(content, i);
      expectNoReset(route);
      await expectFiles(server.dir, contents, setup.edition, inParallel);
      await expectServing(lab, server);
    },
  };
}
