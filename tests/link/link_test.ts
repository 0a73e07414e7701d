import { assert, assertEquals } from "@std/assert";
import { Link } from "../../lib/link/link.ts";
import { Random } from "../../lib/link/random.ts";
import { BAD_LINK, Schedule } from "../../lib/link/schedule.ts";
import { ascii, hash, randomBytes } from "../support/data.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

/** Both ends of a connection over a link. */
interface Ends extends Disposable {
  readonly link: Link;
  readonly client: Socket;
  readonly server: Socket;
}

async function connect(seed = 1): Promise<Ends> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const link = new Link(listener.addr.port, seed);
  const client = await Socket.connect(link.port);
  const server = new Socket(await listener.accept());
  return {
    link,
    client,
    server,
    [Symbol.dispose]() {
      client.close();
      server.close();
      link[Symbol.dispose]();
    },
  };
}

Deno.test("a link delivers every byte in order, both ways", async () => {
  using ends = await connect();
  const data = randomBytes(3_000_000);
  const there = ends.client.send(data).then(() => ends.client.finish());
  const back = ends.server.send(data).then(() => ends.server.finish());
  const [received, returned] = await Promise.all([
    ends.server.readToEnd(),
    ends.client.readToEnd(),
    there,
    back,
  ]);
  assertEquals([hash(received), hash(returned)], [hash(data), hash(data)]);
  assertEquals([ends.link.clientResets, ends.link.serverResets], [0, 0]);
});

Deno.test("a link delivers the first bytes one at a time, with gaps between them", () => {
  const segments = [...new Schedule(new Random(1)).cut(ascii("confirm-accio\r\n"))];
  assertEquals(segments.map(({ bytes }) => bytes.length), new Array(15).fill(1));
  for (const [i, { at }] of segments.entries()) {
    const before = segments[i - 1]?.at ?? -Infinity;
    assert(at - before >= BAD_LINK.singleGap, `${at} after ${before}`);
  }
});

Deno.test("a half-close passes through a link and leaves the other direction open", async () => {
  using ends = await connect();
  await ends.client.send(ascii("question"));
  await ends.client.finish();
  assertEquals(await ends.server.readToEnd(), ascii("question"));
  await ends.server.send(ascii("answer"));
  assertEquals(await ends.client.read(6), ascii("answer"));
  await ends.server.finish();
  assertEquals(await ends.client.readToEnd(), new Uint8Array(0));
});

Deno.test("a reset by the server is counted, and closes the client's connection", async () => {
  using ends = await connect();
  await ends.client.send(randomBytes(2_000_000));
  await ends.server.read(1000);
  ends.server.close(); // With bytes unread.
  await ends.client.readToEnd();
  await eventually(() => ends.link.serverResets === 1, () => "the reset");
  assertEquals(ends.link.clientResets, 0);
});

Deno.test("a link to a port without a listener counts as a reset", async () => {
  const port = (() => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return listener.addr.port;
  })();
  using link = new Link(port, 1);
  using client = await Socket.connect(link.port);
  assertEquals(await client.readToEnd(), new Uint8Array(0));
  assertEquals(link.serverResets, 1);
});
