import { Link } from "../link/link.ts";
import { Unmet } from "./finding.ts";
import { REPLY_LIMIT } from "./limits.ts";
import { Peer } from "./peer.ts";
import { inSeconds } from "./readable.ts";
import { listSockets, type SocketEntry } from "./socket_table.ts";
import { within } from "./waiting.ts";

/** The address of this machine. */
export const HOST = "127.0.0.1";

/** The range for programs under test: below the ports that systems give to connections. */
const FIRST_PORT = 10_001;
const PORT_COUNT = 9_998;
/** A grader reserves a port by listening on another one, this much higher. */
const SHADOW = 10_000;

/** The way to a port, directly or over a bad link, with what the link has seen. */
export type Route = Readonly<Pick<Link, "port" | "serverResets" | "clientResets">>;

/** Both ends of a connection; `undefined` where the system has none. */
export interface Ends {
  readonly own: SocketEntry | undefined;
  readonly its: SocketEntry | undefined;
}

/** Every port that this process has ever reserved. */
const reserved = new Set<number>();

/** The connections, listeners, ports and bad links of one test. */
export class Network implements Disposable {
  readonly #seed: number;
  /** The port to which each link leads. */
  readonly #links = new Map<Link, number>();
  readonly #shadows: Deno.TcpListener[] = [];
  readonly #listeners: Deno.TcpListener[] = [];
  readonly #peers: Peer[] = [];
  readonly #end = new AbortController();

  /** @param seed determines what the bad links do */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Reserves a free port, also from other graders, until the test ends. */
  async freePort(): Promise<number> {
    // A connection in TIME-WAIT would keep a simple server from listening on its port.
    const taken = new Set((await listSockets()).map(({ port }) => port));
    for (;;) {
      const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
      if (taken.has(port) || reserved.has(port)) continue;
      try {
        this.#shadows.push(Deno.listen({ hostname: HOST, port: port + SHADOW }));
        reserved.add(port);
        return port;
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
  }

  /**
   * Connects to a port of this machine.
   *
   * @throws {Unmet} if that fails, or takes longer than `limit` ms
   */
  async connect(port: number, limit = REPLY_LIMIT): Promise<Peer> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limit);
    const signal = AbortSignal.any([late.signal, this.#end.signal]);
    try {
      return this.#own(new Peer(await Deno.connect({ hostname: HOST, port, signal })));
    } catch (error) {
      throw new Unmet({
        expected: `a connection to ${HOST}:${port}`,
        got: late.signal.aborted
          ? `it was not established within ${inSeconds(limit)}`
          : error instanceof Error
          ? error.message
          : String(error),
        advice: late.signal.aborted
          ? "The backlog is full: call listen() with a backlog of at least 10."
          : "The listening socket is closed: keep it open, and call accept() in a loop.",
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Listens for the client under test. */
  listen(backlog = 128): Deno.TcpListener {
    const listener = Deno.listen({ hostname: HOST, port: 0, tcpBacklog: backlog });
    this.#listeners.push(listener);
    return listener;
  }

  /** Accepts the next connection; `undefined` if there is none within `limit` ms. */
  async accept(listener: Deno.TcpListener, limit: number): Promise<Peer | undefined> {
    const accepted = listener.accept().then((conn) => this.#own(new Peer(conn)), () => undefined);
    return await within(limit, accepted);
  }

  /** Returns the port to use for a port of this machine: over a bad link, or the same one. */
  route(port: number, isLinkBad: boolean): Route {
    if (!isLinkBad) return { port, serverResets: 0, clientResets: 0 };
    const link = new Link(port, this.#seed);
    this.#links.set(link, port);
    return link;
  }

  /** Returns a text that changes whenever bytes move between the programs of this test. */
  async traffic(): Promise<string> {
    const own = new Set([
      ...this.#shadows.map(({ addr }) => addr.port - SHADOW),
      ...this.#links.keys().map(({ port }) => port),
    ]);
    const queues = await describeQueues(({ port, peerPort }) => own.has(port) || own.has(peerPort));
    return [...this.#links.keys().map(({ arrived }) => arrived), queues].join(" ");
  }

  /** Returns our end of a connection, and the other one if it is on this machine. */
  async ends({ port, peerPort }: Peer): Promise<Ends> {
    const sockets = await listSockets();
    const find = (from: number, to: number) =>
      sockets.find((socket) => socket.port === from && socket.peerPort === to);
    return { own: find(port, peerPort), its: find(peerPort, port) };
  }

  /** Returns a text that changes whenever bytes move on a connection. */
  async queues({ port, peerPort }: Peer): Promise<string> {
    const ports = [port, peerPort];
    return await describeQueues((socket) =>
      ports.includes(socket.port) && ports.includes(socket.peerPort)
    );
  }

  /** Whether the program has received all that a peer sent, after the peer closed its side. */
  async hasReceivedAll(peer: Peer): Promise<boolean> {
    const [target] = this.#links.entries()
      .filter(([link]) => link.port === peer.peerPort)
      .map(([, port]) => port);
    return (await listSockets()).some(({ port, peerPort, isHalfClosed, unread }) =>
      isHalfClosed && unread === 0 && port === (target ?? peer.peerPort) &&
      (target !== undefined || peerPort === peer.port)
    );
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    for (const link of this.#links.keys()) link[Symbol.dispose]();
    for (const peer of this.#peers) peer.close();
    for (const listener of [...this.#listeners, ...this.#shadows]) listener.close();
  }

  #own(peer: Peer): Peer {
    this.#peers.push(peer);
    if (this.#end.signal.aborted) peer.close();
    return peer;
  }
}

/** The bytes that wait in some of the machine's sockets, as text. */
async function describeQueues(select: (socket: SocketEntry) => boolean): Promise<string> {
  return (await listSockets())
    .filter(select)
    .map(({ port, peerPort, unread, unsent }) => `${port}-${peerPort}:${unread},${unsent}`)
    .join(" ");
}
