import { CapturedOutput } from "./captured_output.ts";
import { Unmet } from "./finding.ts";
import { count } from "./readable.ts";
import { within } from "./waiting.ts";

/** The environment variable that all descendants of a program inherit. */
const MARK = "ACCIO_GRADE";
/** Maximum number of bytes that a program may write to one stream. */
const MAX_OUTPUT = 64 * 1024 * 1024;
/** How long to wait for a killed process and the end of its output, in milliseconds. */
const KILL_LIMIT = 500;

interface ProcessOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly mark: string;
  readonly onViolation: (violation: Unmet) => void;
}

/** A program under test: it leads its own session and process group, without a terminal or input. */
export class ProcessUnderTest {
  readonly command: readonly string[];
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** Resolves with the {@linkcode fate} of the process. */
  readonly ended: Promise<string>;
  /** Whether the grader sent it a signal while it was running. */
  wasSignalled = false;
  readonly #child: Deno.ChildProcess;
  #status: Deno.CommandStatus | undefined;
  #killed = false;

  /** @throws {Unmet} if the command cannot be started */
  constructor(options: ProcessOptions) {
    this.command = options.command;
    this.#child = spawn(options);
    const limit = (name: string) => (total: number) => {
      if (total <= MAX_OUTPUT) return;
      options.onViolation(
        new Unmet({
          expected: "a few lines of output",
          got: `the program wrote more than ${count(MAX_OUTPUT, "byte")} to ${name}`,
          advice: "Look for an endless loop that prints.",
        }),
      );
    };
    this.stdout = new CapturedOutput(this.#child.stdout, limit("standard output"));
    this.stderr = new CapturedOutput(this.#child.stderr, limit("standard error"));
    this.ended = this.#child.status.then((status) => {
      this.#status = status;
      return this.fate;
    });
  }

  /** The exit status, if it has ended on its own. */
  get exitStatus(): number | undefined {
    return this.#status === undefined || this.#killed ? undefined : this.#status.code;
  }

  get isRunning(): boolean {
    return this.#status === undefined && !this.#killed;
  }

  /** How it ended: `exit status 0`, say, or `killed by SIGKILL`. */
  get fate(): string {
    if (this.#killed) return "still running when the test ended";
    if (this.#status === undefined) return "running";
    const { code, signal } = this.#status;
    return signal === null ? `exit status ${code}` : `killed by ${signal}`;
  }

  /** Resolves with whether it ended on its own within `timeout` ms. */
  async endsWithin(timeout: number): Promise<boolean> {
    return await within(timeout, this.ended) !== undefined;
  }

  /** Sends a signal to the whole group, like Ctrl-C on a terminal. */
  signal(signal: Deno.Signal): void {
    this.wasSignalled ||= this.isRunning;
    try {
      Deno.kill(-this.#child.pid, signal);
    } catch {
      // The whole group has ended.
    }
  }

  /** Kills the group. */
  kill(): void {
    this.#killed ||= this.#status === undefined;
    this.signal("SIGKILL");
  }

  /** Waits a moment for a process that ends, and stops reading its output. */
  async settle(): Promise<void> {
    await within(KILL_LIMIT, Promise.all([this.ended, this.stdout.end, this.stderr.end]));
    await Promise.all([this.stdout.stop(), this.stderr.stop()]);
  }
}

function spawn({ command: [program = "", ...args], cwd, mark }: ProcessOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
      cwd,
      env: {
        [MARK]: mark,
        // Python buffers output to a pipe, and caches compiled modules in their folder.
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
      got: error instanceof Error ? error.message : String(error),
      advice: "Check the command after --: its name, and whether the file is executable.",
    });
  }
}

/** All programs of one test, with their descendants. */
export class Processes implements AsyncDisposable {
  readonly all: ProcessUnderTest[] = [];
  readonly #cwd: string;
  readonly #onViolation: (violation: Unmet) => void;
  readonly #mark = crypto.randomUUID();
  readonly #onExit = () => {
    this.kill();
    this.#hunt()?.outputSync();
  };
  #closed = false;

  /** @param onViolation called if a program does what no test permits */
  constructor(cwd: string, onViolation: (violation: Unmet) => void) {
    this.#cwd = cwd;
    this.#onViolation = onViolation;
    // The grader may exit in the middle of a test: on a second signal, say.
    addEventListener("unload", this.#onExit);
  }

  /** @throws {Unmet} if the command cannot be started */
  start(command: readonly string[]): ProcessUnderTest {
    const started = new ProcessUnderTest({
      command,
      cwd: this.#cwd,
      mark: this.#mark,
      onViolation: this.#onViolation,
    });
    this.all.push(started);
    if (this.#closed) started.kill();
    return started;
  }

  /** Kills all process groups, and those of programs started later. */
  kill(): void {
    this.#closed = true;
    for (const started of this.all) started.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#hunt()?.output();
    removeEventListener("unload", this.#onExit);
    await Promise.all(this.all.map((started) => started.settle()));
  }

  /** A command that kills every process with the mark, if the system has /proc to find them. */
  #hunt(): Deno.Command | undefined {
    if (Deno.build.os !== "linux") return undefined;
    return new Deno.Command("sh", {
      args: ["-c", HUNT, "sh", `${MARK}=${this.#mark}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
  }
}

/**
 * Looks again while anything is found, up to 20 times. A shell does it, because Deno needs all
 * permissions to read /proc; it ignores the signals that end the grader.
 */
const HUNT = `
trap "" HUP INT QUIT TERM
i=0
while [ $i -lt 20 ]; do
  pids=$(grep -la "$1" /proc/[0-9]*/environ | tr -dc "0-9\\n")
  [ -n "$pids" ] || exit 0
  kill -KILL $pids
  i=$((i + 1))
done
`;
