// The server that a student would write for Deno: pipe.ts PORT DIR
const [port, dir] = Deno.args;
const listener = Deno.listen({ hostname: "0.0.0.0", port: Number(port), tcpBacklog: 4096 });
console.error("listening");
let number = 0;
for await (const conn of listener) receive(conn, `${dir}/${++number}.file`);

async function receive(conn: Deno.TcpConn, path: string): Promise<void> {
  await conn.write(new TextEncoder().encode("accio\r\n"));
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  // Both are closed by it.
  await conn.readable.pipeTo(file.writable);
}
