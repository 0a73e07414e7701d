/**
 * What a test works with: a directory, programs, connections and links of its
 * own, all of which are gone when it ends.
 *
 * @module
 */

import { join } from "@std/path/join";
import type { Edition } from "../accio/protocol.ts";
import { Unmet } from "./case.ts";
import type { CommandTemplate, Values } from "./command_template.ts";
import { removeAll, sizeOf } from "./directory.ts";
import { Link } from "../link/link.ts";
import type { Material } from "./material.ts";
import { Peer } from "./peer.ts";
import { type ReservedPort, reservePort } from "./ports.ts";
import { killMarked, killMarkedNow, ProcessUnderTest } from "./process.ts";
import { count, inSeconds } from "./readable.ts";
import { listSockets, type SocketEntry } from "./socket_table.ts";
import { Transfer } from "./transfer.ts";
import { within } from "./within.ts";

/** How long a server may take until it listens, in milliseconds. */
export const START_LIMIT = 15_000;
/** How long anything may take that a working program does at once, in milliseconds. */
export const REPLY_LIMIT = 10_000;
/** A machine's clocks and timers may differ so much, in milliseconds. */
export const TOLERANCE = 250;
/** How often is looked whether a server listens, in milliseconds. */
const POLL = 100;
/** How often the size of a test's directory is looked at, in milliseconds. */
const DISK_POLL = 500;
/** The files of a program may have so many bytes together. */
const MAX_DISK = 1024 * 1024 * 1024;

/** What all tests of a run have in common. */
export interface Setup {
  /** The command under test. */
  readonly command: CommandTemplate;
  /** The submitted client, where a server is tested and there is one. */
  readonly client: CommandTemplate | undefined;
  readonly edition: Edition;
  /** How long either side may be silent before that is an error, in milliseconds. */
  readonly silence: number;
  /** The student's Git repository. */
  readonly repository: string | undefined;
  /** Whether programs are started in the current directory, not in one of the test's own. */
  readonly inPlace: boolean;
  /** Whether the tests' directories stay. */
  readonly keep: boolean;
  readonly seed: number;
  readonly material: Material;
}

/** A server under test that listens. */
export interface ServerUnderTest {
  readonly process: ProcessUnderTest;
  readonly port: number;
  /** Where it saves files, if that is what it does. */
  readonly dir: string;
  /** Whether it listens on a loopback interface only. */
  readonly isLoopback: boolean;
}

/** The surroundings of one test. */
export class Lab implements AsyncDisposable {
  readonly processes: ProcessUnderTest[] = [];
  /** Those of them that are servers, which are to run until the end. */
  readonly servers: ProcessUnderTest[] = [];
  readonly transfers: Transfer[] = [];
  readonly links: Link[] = [];
  readonly #violation = Promise.withResolvers<never>();
  readonly #mark = crypto.randomUUID();
  readonly #ports: ReservedPort[] = [];
  readonly #end = new AbortController();
  readonly #peers: Peer[] = [];
  readonly #listeners: Deno.TcpListener[] = [];
  readonly #diskWatch: ReturnType<typeof setInterval>;
  /** Called when the grader exits before the test's end, whatever the reason: a second signal, say. */
  readonly #onExit = () => {
    this.kill();
    killMarkedNow(this.#mark);
  };
  #closed = false;

  private constructor(readonly setup: Setup, readonly path: string) {
    this.#violation.promise.catch(() => {});
    this.#diskWatch = setInterval(() => this.#watchDisk(), DISK_POLL);
    addEventListener("unload", this.#onExit);
  }

  /** Makes the surroundings, with an empty directory. */
  static async create(setup: Setup): Promise<Lab> {
    return new Lab(setup, await Deno.makeTempDir({ prefix: "accio-grade-" }));
  }

  /** Rejects when a program does what no test lets it do; never resolves. */
  get violation(): Promise<never> {
    return this.#violation.promise;
  }

  /** Starts a command with its places filled in. */
  start(command: readonly string[]): ProcessUnderTest {
    const process = new ProcessUnderTest({
      command,
      cwd: this.setup.inPlace ? Deno.cwd() : this.path,
      mark: this.#mark,
      onViolation: (violation) => this.#violation.reject(violation),
    });
    this.processes.push(process);
    if (this.#closed) process.kill();
    return process;
  }

  /** Values for the places of the server's command; the directory is there, and empty. */
  async serverValues(): Promise<{ readonly port: number; readonly dir: string }> {
    const reserved = await reservePort();
    this.#ports.push(reserved);
    const dir = await Deno.makeTempDir({ dir: this.path, prefix: "save-" });
    return { port: reserved.number, dir };
  }

  /**
   * Starts the server under test and waits until it listens.
   *
   * @throws {Unmet} when it never does
   */
  async startServer(): Promise<ServerUnderTest> {
    const { port, dir } = await this.serverValues();
    const process = this.start(this.setup.command.fill({ port, dir }));
    this.servers.push(process);
    const begin = performance.now();
    while (performance.now() - begin < START_LIMIT) {
      const socket = (await listSockets()).find((entry) =>
        entry.isListening && entry.port === port
      );
      if (socket !== undefined) return { process, port, dir, isLoopback: socket.isLoopback };
      if (await process.endsWithin(POLL)) {
        throw new Unmet({
          expected: `the program to listen on port ${port}`,
          came: `it ended before that: ${process.fate}`,
          advice: "Read what it wrote to stderr; start it by hand with the same command.",
        });
      }
    }
    throw new Unmet({
      expected: `the program to listen on port ${port} within ${inSeconds(START_LIMIT)}`,
      came: "it runs, but no socket of this machine listens on that port",
      advice: "Bind the socket to the port given on the command line, then call listen.",
    });
  }

  /**
   * Connects to a port of this machine.
   *
   * @throws {Unmet} when that fails
   */
  async connect(port: number, limit = REPLY_LIMIT): Promise<Peer> {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), limit);
    const signal = AbortSignal.any([giveUp.signal, this.#end.signal]);
    try {
      return this.#own(new Peer(await Deno.connect({ hostname: "127.0.0.1", port, signal })));
    } catch (error) {
      throw new Unmet({
        expected: `a connection to 127.0.0.1:${port}`,
        came: giveUp.signal.aborted
          ? `it was not established within ${inSeconds(limit)}`
          : `it failed: ${error instanceof Error ? error.message : error}`,
        advice: giveUp.signal.aborted
          ? "The queue of waiting connections is full: give listen() a backlog of at least 10."
          : "The listening socket is gone: keep it open, and call accept() in a loop.",
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Listens as a server for the client under test. */
  listen(backlog = 128): Deno.TcpListener {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: backlog });
    this.#listeners.push(listener);
    return listener;
  }

  /** The next connection; `undefined` when none comes within `limit` ms. */
  async accept(listener: Deno.TcpListener, limit: number): Promise<Peer | undefined> {
    const accepted = listener.accept().then((conn) => this.#own(new Peer(conn)), () => undefined);
    return await within(limit, accepted);
  }

  /** A port on which nothing listens. */
  async closedPort(): Promise<number> {
    const reserved = await reservePort();
    this.#ports.push(reserved);
    return reserved.number;
  }

  /** A bad link to a port of this machine. */
  link(port: number): Link {
    const link = new Link(port, this.setup.seed);
    this.links.push(link);
    return link;
  }

  /** Resolves when all that was sent has reached the other end's system, or the connection is gone. */
  async delivered(peer: Peer): Promise<void> {
    while (peer.state === "open") {
      const own = (await listSockets()).find(({ port, peerPort }) =>
        port === peer.port && peerPort === peer.peerPort
      );
      if (own === undefined || own.unsent === 0) return;
      await peer.until(() => peer.state !== "open", POLL);
    }
  }

  /** The socket of the program at the other end of a connection; `undefined` once it is gone. */
  async socketOf(peer: Peer, server: ServerUnderTest): Promise<SocketEntry | undefined> {
    const sockets = await listSockets();
    return sockets.find(({ port, peerPort }) => port === server.port && peerPort === peer.port);
  }

  /**
   * A text that changes whenever bytes move between the programs of this test: from, to,
   * or on its links.
   */
  async traffic(): Promise<string> {
    const ports = new Set([
      ...this.#ports.map(({ number }) => number),
      ...this.links.map(({ port }) => port),
    ]);
    const queues = (await listSockets())
      .filter(({ port, peerPort }) => ports.has(port) || ports.has(peerPort))
      .map(({ port, peerPort, unread, unsent }) => `${port}-${peerPort}:${unread},${unsent}`);
    return [...this.links.map(({ arrived }) => arrived), ...queues].join(" ");
  }

  /** The local ports of the sockets that are connecting to a port and have no answer yet. */
  async connectingTo(port: number): Promise<number[]> {
    return (await listSockets())
      .filter(({ isConnecting, peerPort }) => isConnecting && peerPort === port)
      .map(({ port }) => port);
  }

  /** Writes a file for a client to send, and returns its path. */
  async write(name: string, content: Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await Deno.writeFile(path, content);
    return path;
  }

  /** Makes a file of so many zeros, and returns its path. */
  async writeZeros(name: string, size: number): Promise<string> {
    const path = await this.write(name, new Uint8Array(0));
    await Deno.truncate(path, size);
    return path;
  }

  /** Starts the submitted client. */
  startClient(template: CommandTemplate, values: Values): ProcessUnderTest {
    return this.start(template.fill({ host: "127.0.0.1", ...values }));
  }

  /** Begins the record of a transfer. */
  record(name: string, size: number): Transfer {
    const transfer = new Transfer(name, size);
    this.transfers.push(transfer);
    return transfer;
  }

  /** Kills all programs, at once. */
  kill(): void {
    this.#closed = true;
    for (const process of this.processes) process.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    this.#end.abort();
    clearInterval(this.#diskWatch);
    for (const link of this.links) link[Symbol.dispose]();
    for (const peer of this.#peers) peer.close();
    for (const listener of this.#listeners) listener.close();
    await killMarked(this.#mark);
    removeEventListener("unload", this.#onExit);
    await Promise.all(this.processes.map((process) => process.settle()));
    for (const port of this.#ports) port[Symbol.dispose]();
    if (!this.setup.keep) await removeAll(this.path);
  }

  #own(peer: Peer): Peer {
    this.#peers.push(peer);
    if (this.#closed) peer.close();
    return peer;
  }

  async #watchDisk(): Promise<void> {
    if (await sizeOf(this.path) <= MAX_DISK) return;
    this.kill();
    this.#violation.reject(
      new Unmet({
        expected: "the files that were sent, and nothing else",
        came: `the program wrote more than ${count(MAX_DISK, "byte")} into its directory`,
        advice: "Look for a loop that writes in every turn and never ends.",
      }),
    );
  }
}
