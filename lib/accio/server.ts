import type { Flag, Operand } from "../command/arguments.ts";
import { ALL_INTERFACES, LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { text } from "../command/values.ts";
import { Blocks } from "../net/blocks.ts";
import { MAX_CONNECTIONS } from "../server/admission.ts";
import { CONCURRENT_SERVER_OPTIONS, serve } from "../server/serve.ts";
import { FileSink, type SaveOptions } from "./file_sink.ts";
import { IDLE_TIMEOUT, receiveOptions, UPLOAD_OPTIONS } from "./parameters.ts";
import { receive } from "./receive.ts";
import { fileName, SaveDirectory } from "./save_directory.ts";
import { SpareDescriptor } from "./spare_descriptor.ts";

const DIR: Operand<string> = {
  name: "DIR",
  about: "the directory to save files in; created if it is missing",
  parse: text,
};

const ATOMIC: Flag = {
  name: "atomic",
  about: "give a file its name only once it is complete or holds ERROR",
};
const FSYNC: Flag = {
  name: "fsync",
  about: "close a connection only once its file would survive a power failure",
};
const CONTINUE: Flag = {
  name: "continue",
  about: "keep the files of an earlier run: number after the highest",
};

/** accio-server: saves what each client sends, all clients at once. */
export const accioServer: Program = {
  name: "server",
  summary: "Save the file that each client sends, all clients at once.",
  operands: [LISTEN_PORT, DIR],
  options: [...UPLOAD_OPTIONS, ...CONCURRENT_SERVER_OPTIONS],
  flags: [ATOMIC, FSYNC, CONTINUE],
  details: `\
The first connection's file is saved as DIR/1.file, the second one's as
DIR/2.file, and so on. A client that sends nothing leaves an empty file. After
an error the file holds the five bytes ERROR and nothing else. An error is a
silence longer than the timeout, a reset, anything that the protocol does not
allow, a file over a limit, a failed write, a file that was removed or replaced
while it was received, or the end of the server.

Files of an earlier run are replaced as their numbers come up. With --continue
numbering starts after the highest one, and nothing is replaced.

The server locks DIR: a second server for the same DIR is refused. DIR is
always the directory that it was at the start, even if it is renamed.

Files are written in place: if the server is killed, or the power fails, a part
of a file may remain under its name. With --atomic a file grows as
DIR/.1.file.part instead and gets its name when it is complete; the next start
removes such parts. With --fsync a file, and its name, are on the disk when the
client sees the connection close.

--timeout limits each silence of a client, not the whole upload: a client that
sends a byte every 9 seconds stays connected. --max-time limits the whole.

SIGINT, SIGTERM, SIGQUIT and SIGHUP end the server with exit status 0.`,
  example: "5000 ./save",
  async run(args, host) {
    const durable = args.has(FSYNC);
    using directory = await SaveDirectory.open(args.get(DIR), durable);
    const spare = new SpareDescriptor(".");
    await spare.hold();
    const save: SaveOptions = { directory, atomic: args.has(ATOMIC), durable, spare };
    const options = receiveOptions(args, new Blocks());
    const { leftovers } = directory;
    const keeps = args.has(CONTINUE);
    await serve(args, host, {
      host: ALL_INTERFACES,
      port: args.get(LISTEN_PORT),
      idleTimeout: args.get(IDLE_TIMEOUT),
      maxConnections: args.get(MAX_CONNECTIONS),
      firstNumber: keeps ? leftovers.highest + 1 : 1,
      ...!keeps && leftovers.files > 0 && { leftovers },
      showsStatus: true,
      needs: ["read", "write"],
      ready: () => spare.hold(),
      async serve(connection, { number }) {
        const name = fileName(number);
        await directory.clear(name);
        return { bytes: await receive(connection, new FileSink(name, save), options) };
      },
    });
  },
};
