import type { Arguments, Flag, Operand, Option } from "../command/arguments.ts";
import { describe, Failure, UsageError } from "../command/errors.ts";
import type { Program } from "../command/program.ts";
import {
  oneNamed,
  oneOf,
  optional,
  refuse,
  seconds,
  text,
  timeoutOption,
} from "../command/values.ts";
import { type Edition, EDITIONS } from "../accio/protocol.ts";
import type { Suite, TestCase } from "./case.ts";
import { CommandTemplate, joinWords, splitWords } from "./command_template.ts";
import type { Setup } from "./lab.ts";
import { LagWatch } from "./lag.ts";
import { Material } from "./material.ts";
import { inSeconds } from "./readable.ts";
import { type Report, scoreOf } from "./report.ts";
import { gradescopeReport } from "./reports/gradescope.ts";
import { htmlReport } from "./reports/html.ts";
import { jsonReport } from "./reports/json.ts";
import { junitReport } from "./reports/junit.ts";
import { conclusion, printTable } from "./reports/terminal.ts";
import { type Result, runTests } from "./runner.ts";
import { CLIENT } from "./suites/client.ts";
import { SERVER } from "./suites/server.ts";
import { SERVER_S } from "./suites/server_s.ts";

const SUITES: readonly Suite[] = [SERVER_S, SERVER, CLIENT];
const SUITE: Operand<Suite> = {
  name: "SUITE",
  about: "the kind of program: server-s, server or client",
  parse: oneNamed(SUITES),
};

const PROTOCOL: Option<Edition> = {
  name: "protocol",
  placeholder: "EDITION",
  about: `edition of the protocol that the program speaks: ${EDITIONS.join(", ")}`,
  default: "confirm",
  parse: oneOf(EDITIONS),
};

const TIMEOUT = timeoutOption("the program's timeout: 10 in the course", "10", seconds);

const CLIENT_COMMAND: Option<string | undefined> = {
  name: "client",
  placeholder: "COMMAND",
  about: "submitted client for the server's tests that use one, like " +
    "'python3 client.py {host} {port} {file}'; without it, they use the instructor's",
  default: "none",
  parse: optional(text),
};

const ONLY: Option<readonly number[] | undefined> = {
  name: "only",
  placeholder: "NUMBERS",
  about: "run only these tests, like 9,15",
  default: "all",
  parse: (text, label) => {
    if (text === "all") return undefined;
    if (/^\d+(,\d+)*$/.test(text)) return text.split(",").map(Number);
    return refuse(label, "numbers of tests separated by commas, like 9,15", text);
  },
};

const REPOSITORY: Option<string | undefined> = {
  name: "repo",
  placeholder: "DIR",
  about: "Git repository of the submission, for test 1; without it, test 1 is skipped",
  default: "none",
  parse: optional(text),
};

/** Number of bits in a seed. */
const SEED_BITS = 31;

const SEED: Option<number | undefined> = {
  name: "seed",
  placeholder: "NUMBER",
  about: "repeats the files and the bad link of the run that printed this number",
  default: "random",
  parse: (text, label) => {
    if (text === "random") return undefined;
    const seed = Number(text);
    if (/^\d+$/.test(text) && seed < 2 ** SEED_BITS) return seed;
    return refuse(label, `a whole number below ${2 ** SEED_BITS}`, text);
  },
};

/** The formats of the report files. */
const FORMATS = [
  ["json", "everything, as JSON", jsonReport],
  ["junit", "JUnit XML, for build servers", junitReport],
  ["gradescope", "Gradescope's results.json", gradescopeReport],
  ["html", "a page with charts of the transfers", htmlReport],
] as const;

const REPORTS = FORMATS.map(([name, about, format]) => {
  const option: Option<string | undefined> = {
    name,
    placeholder: "FILE",
    about: `write a report to a file: ${about}`,
    default: "none",
    parse: optional(text),
  };
  return { option, format };
});

const KEEP: Flag = { name: "keep", about: "keep the tests' directories" };
const IN_PLACE: Flag = {
  name: "in-place",
  about: "start the program in the current directory instead of an empty one",
};

/** `accio grade` runs the course's tests against any program. */
export const accioGrade: Program = {
  name: "grade",
  summary: "Run the course's tests against any program, and explain what is wrong.",
  operands: [SUITE],
  options: [
    PROTOCOL,
    CLIENT_COMMAND,
    ONLY,
    REPOSITORY,
    SEED,
    TIMEOUT,
    ...REPORTS.map(({ option }) => option),
  ],
  flags: [KEEP, IN_PLACE],
  rest: {
    name: "COMMAND",
    about: "starts the program, with {port}, {dir}, {host} and {file} where they belong",
  },
  details: `\
Each test starts the program on a free port, in its own directory and process
group, and kills all of it at the end. Words of the command that name a file in
the current directory become absolute paths.

    accio grade server-s -- python3 server-s.py {port}
    accio grade server   -- python3 server.py {port} {dir}
    accio grade client   -- python3 client.py {host} {port} {file}

The score leaves out skipped tests. The exit status is 0 for full marks and 1
otherwise. Ctrl-C ends the run and prints the results so far. The grader runs
on Linux; on macOS it is untested.`,
  example: "server-s -- python3 server-s.py {port}",
  async run(args, host) {
    const suite = args.get(SUITE);
    const setup = setupOf(args, suite);
    const tests = select(suite, args.get(ONLY));
    if (Deno.build.os === "windows") {
      throw new Failure("the grader needs process groups, which Windows does not have; use WSL");
    }
    const reports = REPORTS.flatMap(({ option, format }) => {
      const file = args.get(option);
      return file === undefined ? [] : [{ file, format }];
    });
    // This shows before the run whether they can be written.
    for (const { file } of reports) await writeReport(file, "");
    const date = new Date();
    const begin = performance.now();
    using lag = new LagWatch();
    const results = await runTests(tests, setup, {
      onResult: printTable(tests, host.stdout, host.stderr),
      shutdown: host.shutdown,
      lag,
    });
    const report: Report = {
      suite: suite.name,
      command: joinWords(args.rest),
      edition: setup.edition,
      seed: setup.seed,
      notes: [...notesOnClient(setup, tests), ...notesOnLag(lag, results)],
      date,
      time: performance.now() - begin,
      results,
    };
    await host.stdout.write(conclusion(report));
    for (const { file, format } of reports) await writeReport(file, format(report));
    const { points, possible } = scoreOf(results);
    return points === possible && !host.shutdown.aborted ? 0 : 1;
  },
};

function setupOf(args: Arguments, suite: Suite): Setup {
  const inPlace = args.has(IN_PLACE);
  const placed = (template: CommandTemplate) => inPlace ? template : template.anywhere();
  const client = args.get(CLIENT_COMMAND);
  const label = `--${CLIENT_COMMAND.name}`;
  const seed = args.get(SEED) ?? Math.floor(Math.random() * 2 ** SEED_BITS);
  return {
    command: placed(new CommandTemplate(args.rest, suite.placeholders, "COMMAND")),
    client: client === undefined
      ? undefined
      : placed(new CommandTemplate(splitWords(client, label), CLIENT.placeholders, label)),
    edition: args.get(PROTOCOL),
    silence: args.get(TIMEOUT),
    repository: args.get(REPOSITORY),
    inPlace,
    keep: args.has(KEEP),
    seed,
    material: new Material(seed),
  };
}

function select({ name, cases }: Suite, numbers: readonly number[] | undefined): Suite["cases"] {
  if (numbers === undefined) return cases;
  const unknown = numbers.find((number) => !cases.some((test) => test.number === number));
  if (unknown !== undefined) {
    throw new UsageError(
      `--only names test ${unknown}, but ${name} has tests 1 to ${cases.length}`,
    );
  }
  return cases.filter(({ number }) => numbers.includes(number));
}

function notesOnClient({ client }: Setup, tests: readonly TestCase[]): string[] {
  const numbers = tests.filter(({ usesClient }) => usesClient).map(({ number }) => number);
  return client === undefined && numbers.length > 0
    ? [`No --client was given: tests ${numbers.join(", ")} used the instructor's client.`]
    : [];
}

function notesOnLag({ longest }: LagWatch, results: readonly Result[]): string[] {
  if (longest === 0) return [];
  const again = results.filter(({ isSecond }) => isSecond).map(({ test }) => test.number);
  return [
    `The machine was so busy that it delayed the grader by ${inSeconds(longest)}. ` +
    (again.length > 0 ? `Failed tests ran again, alone: ${again.join(", ")}. ` : "") +
    "Grade again before you trust a failure.",
  ];
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw new Failure(`can't write ${JSON.stringify(file)}: ${describe(error)}`);
  }
}
