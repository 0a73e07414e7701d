import { type ProgramName, type Running, start, type StartOptions } from "./program.ts";
import { Socket } from "./socket.ts";

/** A client connected to a scripted server. */
export interface Scene extends AsyncDisposable {
  readonly client: Running;
  readonly server: Socket;
}

/** Starts a client and accepts its connection; `args` are its arguments for that server. */
export async function startScene(
  name: ProgramName,
  args: (host: string, port: number) => readonly (string | number)[],
  options?: StartOptions,
): Promise<Scene> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const client = start(name, args(hostname, port), options);
  const server = new Socket(await listener.accept());
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      server.close();
      await client[Symbol.asyncDispose]();
    },
  };
}
