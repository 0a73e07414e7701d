// The server that a student would write for Node: pipe.mjs PORT DIR
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";

const [port, dir] = process.argv.slice(2);
let number = 0;
createServer((socket) => {
  socket.write("accio\r\n");
  socket.pipe(createWriteStream(`${dir}/${++number}.file`));
  socket.on("error", () => {});
}).listen({ port: Number(port), host: "0.0.0.0", backlog: 4096 }, () => console.error("listening"));
