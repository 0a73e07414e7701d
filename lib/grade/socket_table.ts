/**
 * The machine's TCP sockets as the system lists them. The list shows what a server does
 * without a connection that the server would notice.
 *
 * @module
 */

/** One TCP socket of this machine. */
export interface SocketEntry {
  /** Whether its local address is a loopback address. */
  readonly isLoopback: boolean;
  readonly port: number;
  readonly peerPort: number;
  readonly isListening: boolean;
  /** Whether it is connecting and has no answer yet. */
  readonly isConnecting: boolean;
  /** Whether the peer has closed its side, and this side is still open. */
  readonly isHalfClosed: boolean;
  /** Number of bytes received that the program has not read. */
  readonly unread: number;
  /** Number of bytes written that the peer has not acknowledged. */
  readonly unsent: number;
}

/** Lists all TCP sockets, including those in TIME-WAIT. */
export async function listSockets(): Promise<SocketEntry[]> {
  return Deno.build.os === "linux"
    // Deno itself needs all permissions to read /proc.
    ? parseProcNet(await output("cat", "/proc/net/tcp", "/proc/net/tcp6"))
    : parseNetstat(await output("netstat", "-an", "-p", "tcp"));
}

/** Parses `/proc/net/tcp` and `/proc/net/tcp6`. */
export function parseProcNet(text: string): SocketEntry[] {
  const line =
    /^ *\d+: ([\dA-F]+):([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]+):([\dA-F]+) /gm;
  return [...text.matchAll(line)].map((
    [, address = "", port = "", peer = "", state, unsent = "", unread = ""],
  ) => ({
    // Each 32-bit word of the address is in little-endian order.
    isLoopback: /^[\dA-F]{6}7F$|^0{24}01000000$|^0{16}FFFF0000[\dA-F]{6}7F$/.test(address),
    port: parseInt(port, 16),
    peerPort: parseInt(peer, 16),
    isListening: state === "0A",
    isConnecting: state === "02",
    isHalfClosed: state === "08",
    // A FIN that the program has not seen counts as one byte.
    unread: Math.max(0, parseInt(unread, 16) - (state === "08" ? 1 : 0)),
    unsent: parseInt(unsent, 16),
  }));
}

/** Parses the output of `netstat -an` on macOS. */
export function parseNetstat(text: string): SocketEntry[] {
  const line = /^tcp\S* +(\d+) +(\d+) +(\S+)\.(\d+) +\S+\.(\d+|\*) +(\S+)/gm;
  return [...text.matchAll(line)].map(([, unread, unsent, address = "", port, peer, state]) => ({
    isLoopback: /^127\.|^::1$/.test(address),
    port: Number(port),
    peerPort: Number(peer) || 0,
    isListening: state === "LISTEN",
    isConnecting: state === "SYN_SENT",
    isHalfClosed: state === "CLOSE_WAIT",
    unread: Number(unread),
    unsent: Number(unsent),
  }));
}

async function output(command: string, ...args: string[]): Promise<string> {
  const options: Deno.CommandOptions = { args, stdin: "null", stderr: "null" };
  return new TextDecoder().decode((await new Deno.Command(command, options).output()).stdout);
}
