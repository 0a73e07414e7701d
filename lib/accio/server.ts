import type { Flag, Operand } from "../command/arguments.ts";
import { LISTEN_PORT } from "../command/endpoints.ts";
import type { Program } from "../command/program.ts";
import { text } from "../command/values.ts";
import { CONCURRENT_SERVER_OPTIONS } from "../server/serve.ts";
import { fileName, FileSink, removeStaged } from "./file_sink.ts";
import { UPLOAD_OPTIONS } from "./parameters.ts";
import { SaveDirectory } from "./save_directory.ts";
import { serveUploads } from "./serve.ts";
import { SpareDescriptor } from "./spare_descriptor.ts";

const DIR: Operand<string> = {
  name: "DIR",
  about: "the directory to save files in; made if it is missing",
  parse: text,
};

const ATOMIC: Flag = {
  name: "atomic",
  about: "give a file its name only when it is whole, or ERROR",
};
const FSYNC: Flag = {
  name: "fsync",
  about: "close a connection only when its file would outlive a loss of power",
};

/** accio-server: saves what each client sends, all clients at once. */
export const accioServer: Program = {
  name: "server",
  summary: "Save the file that each client sends, all clients at once.",
  operands: [LISTEN_PORT, DIR],
  options: [...UPLOAD_OPTIONS, ...CONCURRENT_SERVER_OPTIONS],
  flags: [ATOMIC, FSYNC],
  details: `\
The first connection's file is saved as DIR/1.file, the second one's as
DIR/2.file, and so on; what had that name before is removed. A client that sends
nothing leaves an empty file. After an error the file holds the five bytes ERROR
and nothing else. An error is a silence longer than the timeout, a reset,
anything that the protocol does not allow, a file over the maximum, a failed
write, or the end of the server.

Files are written in place: when the server is killed, or the power fails, a
part of a file may remain under its name. With --atomic a file grows as
DIR/.1.file.part instead and gets its name when it is whole; the next start
removes such parts. With --fsync a file, and its name, are on the disk when the
client sees the connection close.

SIGINT, SIGTERM and SIGQUIT end the server with exit status 0.`,
  example: "5000 ./save",
  async run(args, host) {
    const durable = args.has(FSYNC);
    const directory = await SaveDirectory.prepare(args.get(DIR), durable);
    const spare = new SpareDescriptor(directory.path);
    const save = { directory, atomic: args.has(ATOMIC), durable, spare };
    await serveUploads(args, host, {
      showsStatus: true,
      // Not before the port is had: until then another server may be using the directory.
      async begin() {
        await removeStaged(directory);
        await spare.hold();
      },
      async claim(number) {
        const name = fileName(number);
        if (directory.names.has(name)) await directory.remove(name);
      },
      makeSink: (number) => new FileSink(fileName(number), save),
      needs: ["read", "write"],
      ready: () => spare.hold(),
      // While one block is written, all at once, the other is filled.
      readAhead: { blockSize: 2048 * 1024, blocks: 2 },
    });
  },
};
