/**
 * The machine's TCP sockets, as the system lists them: a server can be watched
 * without connecting to it, which would count as a connection.
 *
 * @module
 */

/** One TCP socket of this machine. */
export interface SocketEntry {
  /** Whether its local address is one of a loopback interface. */
  readonly isLoopback: boolean;
  readonly port: number;
  readonly peerPort: number;
  readonly isListening: boolean;
  /** Whether its program is connecting, and the peer has not answered yet. */
  readonly isConnecting: boolean;
  /** How many bytes have come that its program has not read yet. */
  readonly unread: number;
  /** How many bytes its program has written that the peer has not got yet. */
  readonly unsent: number;
}

/** Lists all TCP sockets, those in TIME-WAIT included. */
export async function listSockets(): Promise<SocketEntry[]> {
  return Deno.build.os === "linux"
    // Deno itself reads nothing below /proc without all permissions.
    ? parseProcNet(await output("cat", "/proc/net/tcp", "/proc/net/tcp6"))
    : parseNetstat(await output("netstat", "-an", "-p", "tcp"));
}

/** What `/proc/net/tcp` and `tcp6` say. */
export function parseProcNet(text: string): SocketEntry[] {
  const line =
    /^ *\d+: ([\dA-F]+):([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]+):([\dA-F]+) /gm;
  return [...text.matchAll(line)].map((
    [, address = "", port = "", peer = "", state, unsent = "", unread = ""],
  ) => ({
    // The bytes of each word of the address stand in the machine's order: the first one last.
    isLoopback: /^[\dA-F]{6}7F$|^0{24}01000000$|^0{16}FFFF0000[\dA-F]{6}7F$/.test(address),
    port: parseInt(port, 16),
    peerPort: parseInt(peer, 16),
    isListening: state === "0A",
    isConnecting: state === "02",
    unread: parseInt(unread, 16),
    unsent: parseInt(unsent, 16),
  }));
}

/** What `netstat -an` says on macOS. */
export function parseNetstat(text: string): SocketEntry[] {
  const line = /^tcp\S* +(\d+) +(\d+) +(\S+)\.(\d+) +\S+\.(\d+|\*) +(\S+)/gm;
  return [...text.matchAll(line)].map(([, unread, unsent, address = "", port, peer, state]) => ({
    isLoopback: /^127\.|^::1$/.test(address),
    port: Number(port),
    peerPort: Number(peer) || 0,
    isListening: state === "LISTEN",
    isConnecting: state === "SYN_SENT",
    unread: Number(unread),
    unsent: Number(unsent),
  }));
}

async function output(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}
