import type { Edition } from "../accio/protocol.ts";
import type { CommandTemplate } from "./command_template.ts";
import { TestDirectory } from "./directory.ts";
import { Unmet } from "./finding.ts";
import { START_LIMIT } from "./limits.ts";
import type { Material } from "./material.ts";
import { Network } from "./network.ts";
import { Processes, type ProcessUnderTest } from "./processes.ts";
import { inSeconds } from "./readable.ts";
import { listSockets } from "./socket_table.ts";
import { Transfer } from "./transfer.ts";
import { eventually } from "./waiting.ts";

/** The settings of a run. */
export interface Setup {
  /** The command under test. */
  readonly command: CommandTemplate;
  /** The submitted client, for tests of a server. */
  readonly client: CommandTemplate | undefined;
  readonly edition: Edition;
  /** How long either side may be silent, in milliseconds. */
  readonly silence: number;
  /** The student's Git repository. */
  readonly repository: string | undefined;
  /** Whether programs start in the current directory instead of the test's own. */
  readonly inPlace: boolean;
  /** Whether to keep the tests' directories. */
  readonly keep: boolean;
  readonly seed: number;
  readonly material: Material;
}

/** A server under test that is listening. */
export interface ServerUnderTest {
  readonly process: ProcessUnderTest;
  readonly port: number;
  /** The directory for the files that it saves. */
  readonly dir: string;
  /** Whether it listens on a loopback address only. */
  readonly isLoopback: boolean;
}

/** Everything that one test works with. All of it is gone when the test ends. */
export class Lab implements AsyncDisposable {
  readonly setup: Setup;
  readonly directory: TestDirectory;
  readonly processes: Processes;
  readonly network: Network;
  /** The servers among the processes; they must run until the end. */
  readonly servers: ProcessUnderTest[] = [];
  readonly transfers: Transfer[] = [];
  readonly #violation = Promise.withResolvers<never>();

  private constructor(setup: Setup, path: string) {
    this.#violation.promise.catch(() => {});
    const onViolation = (violation: Unmet) => {
      this.processes.kill();
      this.#violation.reject(violation);
    };
    this.setup = setup;
    this.directory = new TestDirectory(path, setup.keep, onViolation);
    this.processes = new Processes(setup.inPlace ? Deno.cwd() : path, onViolation);
    this.network = new Network(setup.seed);
  }

  /** Creates a lab with an empty directory. */
  static async create(setup: Setup): Promise<Lab> {
    return new Lab(setup, await Deno.makeTempDir({ prefix: "accio-grade-" }));
  }

  /** Never resolves; rejects if a program does what no test permits. */
  get violation(): Promise<never> {
    return this.#violation.promise;
  }

  /**
   * Starts the server under test and waits until it is listening.
   *
   * @throws {Unmet} if it does not listen in time
   */
  async startServer(): Promise<ServerUnderTest> {
    const port = await this.network.freePort();
    const dir = await this.directory.makeDirectory();
    const server = this.processes.start(this.setup.command.fill({ port, dir }));
    this.servers.push(server);
    const listening = async () =>
      (await listSockets()).find((socket) => socket.isListening && socket.port === port);
    const socket = await eventually(
      START_LIMIT,
      listening,
      (socket) => socket !== undefined || !server.isRunning,
    );
    if (socket !== undefined) return { process: server, port, dir, isLoopback: socket.isLoopback };
    throw new Unmet({
      expected: `the program to listen on port ${port} within ${inSeconds(START_LIMIT)}`,
      got: server.isRunning
        ? "it is running, but nothing listens on that port"
        : `it ended before that: ${server.fate}`,
      advice: server.isRunning
        ? "Bind the socket to the port from the command line, then call listen()."
        : "Read its stderr, and start it by hand with the same command.",
    });
  }

  /** Starts the record of a transfer. */
  record(name: string, size: number): Transfer {
    const transfer = new Transfer(name, size);
    this.transfers.push(transfer);
    return transfer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.processes[Symbol.asyncDispose]();
    this.network[Symbol.dispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}
