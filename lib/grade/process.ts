/**
 * A program under test, as a process that can't get away.
 *
 * @module
 */

import { CapturedOutput } from "./captured_output.ts";
import { Unmet } from "./case.ts";
import { count } from "./readable.ts";
import { within } from "./within.ts";

/** The environment variable that all descendants of a program inherit. */
const MARK = "ACCIO_GRADE";
/** A program that writes more than so many bytes to a stream is ended. */
const MAX_OUTPUT = 64 * 1024 * 1024;
/** How long the end of a killed process, and of its output, is waited for, in milliseconds. */
const KILL_LIMIT = 500;
/** How often what has left its process group is looked for, while there is any. */
const HUNTS = 20;

/** How a process is started. */
export interface ProcessOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  /** The same for all processes of one test, and for no others. */
  readonly mark: string;
  /** Told when the program does what no test lets it do. */
  readonly onViolation: (violation: Unmet) => void;
}

/** A process, the leader of a session and process group of its own, without a terminal or input. */
export class ProcessUnderTest {
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** Resolves with what it ended with: `exit status 0`, or `killed by SIGKILL`. */
  readonly ended: Promise<string>;
  readonly #child: Deno.ChildProcess;
  #status: Deno.CommandStatus | undefined;
  #killed = false;

  /**
   * Starts the process.
   *
   * @throws {Unmet} when the command can't be started
   */
  constructor(readonly options: ProcessOptions) {
    this.#child = spawn(options);
    const watch = (name: string) => (total: number) => {
      if (total <= MAX_OUTPUT) return;
      this.kill();
      options.onViolation(
        new Unmet({
          expected: `some lines of output`,
          came: `the program wrote more than ${count(MAX_OUTPUT, "byte")} to ${name}`,
          advice: "Look for a loop that prints in every turn and never ends.",
        }),
      );
    };
    this.stdout = new CapturedOutput(this.#child.stdout, watch("standard output"));
    this.stderr = new CapturedOutput(this.#child.stderr, watch("standard error"));
    this.ended = this.#child.status.then((status) => {
      this.#status = status;
      return this.fate;
    });
  }

  /** Its exit status, once it has ended by itself. */
  get exitStatus(): number | undefined {
    return this.#status === undefined || this.#killed ? undefined : this.#status.code;
  }

  /** What became of it, for a person. */
  get fate(): string {
    if (this.#killed) return "still running when the test ended";
    if (this.#status === undefined) return "running";
    const { code, signal } = this.#status;
    return signal === null ? `exit status ${code}` : `killed by ${signal}`;
  }

  /** Resolves with whether it ended by itself within `timeout` ms. */
  async endsWithin(timeout: number): Promise<boolean> {
    return await within(timeout, this.ended) !== undefined;
  }

  /** Sends a signal to the whole group, as Ctrl-C on a terminal does. */
  signal(signal: Deno.Signal): void {
    try {
      Deno.kill(-this.#child.pid, signal);
    } catch {
      // All of it has ended.
    }
  }

  /** Kills the group. */
  kill(): void {
    this.#killed ||= this.#status === undefined;
    this.signal("SIGKILL");
  }

  /** Resolves when it has ended and its output is read; after `kill`, and soon. */
  async settle(): Promise<void> {
    await within(KILL_LIMIT, Promise.all([this.ended, this.stdout.end, this.stderr.end]));
    await Promise.all([this.stdout.stop(), this.stderr.stop()]);
  }
}

/**
 * Kills every process that bears the mark, wherever it has gone. Where there is no
 * /proc, those that left their process group can't be found.
 */
export async function killMarked(mark: string): Promise<void> {
  if (Deno.build.os === "linux") await hunt(mark).output();
}

/** The same, for the last moment of the grader: nothing else happens meanwhile. */
export function killMarkedNow(mark: string): void {
  if (Deno.build.os === "linux") hunt(mark).outputSync();
}

/** Deno itself reads nothing below /proc without all permissions. Ctrl-C is for the grader. */
const HUNT = `
trap "" HUP INT QUIT TERM
i=0
while [ $i -lt ${HUNTS} ]; do
  pids=$(grep -la "$1" /proc/[0-9]*/environ | tr -dc "0-9\\n")
  [ -n "$pids" ] || exit 0
  kill -KILL $pids
  i=$((i + 1))
done
`;

function hunt(mark: string): Deno.Command {
  return new Deno.Command("sh", {
    args: ["-c", HUNT, "sh", `${MARK}=${mark}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
}

function spawn({ command: [program = "", ...args], cwd, mark }: ProcessOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
      cwd,
      env: {
        [MARK]: mark,
        // Python holds back what it prints to a pipe, and leaves files beside modules.
        PYTHONUNBUFFERED: "1",
        PYTHONDONTWRITEBYTECODE: "1",
        TMPDIR: cwd,
      },
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new Unmet({
      expected: `the command ${JSON.stringify(program)} to start`,
      came: error instanceof Error ? error.message : String(error),
      advice: "Check the command behind --: its name, and whether the file may be executed.",
    });
  }
}
