import { assertEquals } from "@std/assert";
import { Connection } from "../../lib/net/connection.ts";
import { IdleWatch } from "../../lib/net/idle.ts";
import { connectionSink, connectionSource } from "../../lib/net/streams.ts";
import { hash, randomBytes } from "../support/data.ts";
import { Socket } from "../support/socket.ts";

Deno.test("a source and a sink carry every byte, count them, and half-close, without any timer", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using socket = await Socket.connect(listener.addr.port);
  using connection = new Connection(await listener.accept(), new IdleWatch(Infinity));
  const piped = connectionSource(connection).pipeTo(connectionSink(connection));
  const data = randomBytes(1_000_000);
  const sent = socket.send(data).then(() => socket.finish());
  assertEquals(hash(await socket.readToEnd()), hash(data));
  await Promise.all([piped, sent]);
  assertEquals(connection.received, data.length);
});
