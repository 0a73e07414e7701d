import { assertEquals, assertMatch } from "@std/assert";
import { TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { COMPILED, freePort, type ProgramName, run } from "../support/program.ts";

/** A command line that is refused, the exit status, and what stderr must match. */
type Refusal = readonly [
  args: readonly (string | number)[],
  code: 1 | 2,
  says: RegExp,
];

const BAD_PORTS = [
  "0",
  "65536",
  "-1",
  "5000x",
  "1e3",
  "0x1388",
  "",
  " 5000",
  "5000.0",
];

function portRefusals(args: (port: string) => readonly string[]): Refusal[] {
  return BAD_PORTS.map((port) => [
    args(port),
    2,
    new RegExp(
      `^ERROR: PORT must be a port number from 1 to 65535; got "${port}" `,
    ),
  ]);
}

const REFUSALS: Record<ProgramName, readonly Refusal[]> = {
  "accio-server-s": [
    ...portRefusals((port) => [port]),
    [[], 2, /PORT is missing \(usage: accio-server-s \[OPTIONS\] PORT\)/],
    [[5000, "x"], 2, /"x" is one argument too many/],
    [[5000, "--", "-x"], 2, /"-x" is one argument too many/],
    [[5000, "--tiemout=1"], 2, /no option --tiemout/],
    [[5000, "-x"], 2, /no option -x/],
    [[5000, "--timeout"], 2, /--timeout must be a number of seconds above 0/],
    [[5000, "--timeout=0"], 2, /--timeout must be/],
    [[5000, "--timeout=-1"], 2, /--timeout must be .* got "-1"/],
    [[5000, "--timeout=ten"], 2, /--timeout must be/],
    [[5000, "--timeout=1e9"], 2, /--timeout must be/],
    [[5000, "--timeout=99999999999"], 2, /--timeout must be/],
    [
      [5000, "--protocol=tcp"],
      2,
      /--protocol must be auto, plain, confirm or headers/,
    ],
    [[5000, "--max-size=1k"], 2, /--max-size must be a whole number of bytes/],
    [[5000, "--allow=10.0.0.0/33"], 2, /--allow must be IPv4 networks .* got "10.0.0.0\/33"/],
    [[5000, "--allow=localhost"], 2, /--allow must be IPv4 networks .*, or all/],
    [[5000, "--allow=127.0.0.1,"], 2, /--allow must be IPv4 networks/],
    [[5000, "--allow"], 2, /--allow must be IPv4 networks/],
  ],
  "accio-server": [
    ...portRefusals((port) => [port, "dir"]),
    [[], 2, /PORT is missing/],
    [[5000], 2, /DIR is missing/],
    [[5000, ""], 2, /DIR must not be empty/],
    [[5000, "dir", "--max-connections=0"], 2, /--max-connections must be a whole number from 1/],
    [[5000, "dir", "--max-connections=1.5"], 2, /--max-connections must be .* got "1.5"/],
    [[5000, "a", "b"], 2, /"b" is one argument too many/],
    [[5000, "deno.json"], 1, /DIR must be a directory .* "deno.json" is not/],
    [[5000, "deno.json/sub"], 1, /DIR must be a directory/],
    [[5000, "/proc/accio"], 1, /DIR must be a directory/],
  ],
  "accio client": [
    ...portRefusals((port) => ["127.0.0.1", port, "deno.json"]),
    [[], 2, /HOST is missing/],
    [["127.0.0.1"], 2, /PORT is missing/],
    [["127.0.0.1", 5000], 2, /FILE is missing/],
    [["", 5000, "deno.json"], 2, /HOST must not be empty/],
    [["127.0.0.1", 5000, "a", "b"], 2, /"b" is one argument too many/],
    [
      ["127.0.0.1", 5000, "deno.json", "--protocol=auto"],
      2,
      /--protocol must be plain/,
    ],
    [
      ["127.0.0.1", 5000, "-", "--protocol=headers"],
      2,
      /FILE must be a regular file/,
    ],
    [
      ["127.0.0.1", 5000, "no-such-file"],
      1,
      /can't read "no-such-file": No such file/,
    ],
    [["127.0.0.1", 5000, "lib"], 1, /can't read "lib": it is a directory/],
    [
      ["no-such-host.invalid", 5000, "deno.json"],
      1,
      /no host "no-such-host.invalid"/,
    ],
    [["not a host", 5000, "deno.json"], 1, /no host "not a host"/],
    [["127.0.0.1", freePort(), "deno.json"], 1, /refused the connection/],
  ],
  "accio calculator-server": [
    ...portRefusals((port) => ["127.0.0.1", port]),
    [[], 2, /HOST is missing/],
    [["127.0.0.1"], 2, /PORT is missing/],
    [["127.0.0.1", 5000, "x"], 2, /"x" is one argument too many/],
    [["127.0.0.1", 5000, "--serve=fork"], 2, /--serve must be one, threads or select/],
    [["not a host", 5000], 1, /can't listen on not a host:5000/],
  ],
  "accio calculator-client": [
    ...portRefusals((port) => ["127.0.0.1", port]),
    [[], 2, /HOST is missing/],
    [["127.0.0.1"], 2, /PORT is missing/],
    [["127.0.0.1", 5000, "x"], 2, /"x" is one argument too many/],
    [["no-such-host.invalid", 5000], 1, /no host "no-such-host.invalid"/],
    [["127.0.0.1", freePort()], 1, /refused the connection/],
  ],
  "accio": [
    [[], 2, /PROGRAM is missing; the programs are server-s, server, client, message-server/],
    [["serve"], 2, /no program "serve"; the programs are/],
    [["help", "serve"], 2, /no program "serve"; the programs are/],
    [["completions"], 2, /SHELL is missing \(usage: accio completions SHELL \[-- WORD …\]\)/],
    [["completions", "sh"], 2, /SHELL must be bash, zsh or fish; got "sh"/],
    ...portRefusals((port) => ["message-server", port]),
    ...portRefusals((port) => ["message-client", "127.0.0.1", port]),
    ...portRefusals((port) => ["echo-server", "127.0.0.1", port]),
    [["message-server"], 2, /PORT is missing/],
    [["message-server", 5000, "x"], 2, /"x" is one argument too many/],
    [
      ["message-server", 5000, "--timeout=never"],
      2,
      /--timeout must be a number of seconds above 0, up to \d+, or none; got "never"/,
    ],
    [["message-client"], 2, /HOST is missing/],
    [["message-client", "127.0.0.1", freePort()], 1, /refused the connection/],
    [["echo-server", "", 5000], 2, /HOST must not be empty/],
    [["echo-server", "127.0.0.1"], 2, /PORT is missing/],
    [["echo-server", "no-such-host.invalid", 5000], 1, /can't listen on no-such-host.invalid:5000/],
    [["grade"], 2, /SUITE is missing \(usage: accio grade \[OPTIONS\] SUITE -- COMMAND …\)/],
    [
      ["grade", "servers", "--", "x"],
      2,
      /SUITE must be server-s, server or client; got "servers"/,
    ],
    [["grade", "server"], 2, /COMMAND is missing; it follows --/],
    [["grade", "server", "x", "--", "y"], 2, /"x" is one argument too many/],
    [["grade", "server-s", "--", "x"], 2, /COMMAND has no \{port\} in it; write \{port\} where/],
    [["grade", "server", "--", "x", "{port}"], 2, /COMMAND has no \{dir\} in it/],
    [
      ["grade", "server-s", "--only=17", "--", "{port}"],
      2,
      /--only names test 17, but server-s has/,
    ],
    [["grade", "server-s", "--only=a", "--", "{port}"], 2, /--only must be numbers of tests/],
    [["grade", "server-s", "--seed=-1", "--", "{port}"], 2, /--seed must be a whole number below/],
    [
      ["grade", "server", "--client=x {host}", "--", "{port} {dir}"],
      2,
      /--client has no \{port\} in it/,
    ],
    [["grade", "server", "--client='x", "--", "{port} {dir}"], 2, /--client has a quote that is/],
    [
      ["server", "x", "y"],
      2,
      /PORT must be .* \(usage: accio server \[OPTIONS\] PORT DIR\)/,
    ],
  ],
};

for (const [name, refusals] of Object.entries(REFUSALS)) {
  if (!isProgram(name)) continue;
  // Compiling can't change what is refused, only how it is reported: a sample shows that.
  const some = COMPILED ? refusals.filter((_, i) => i % 4 === 0) : refusals;
  for (const [args, expectedCode, says] of some) {
    Deno.test(`${name} refuses ${JSON.stringify(args)}`, async () => {
      const { code, stdout, stderr } = await run(name, args);
      assertMatch(stderr, /^ERROR: [^\n]+\n$/);
      assertMatch(stderr, says);
      assertEquals({ code, stdout }, { code: expectedCode, stdout: "" });
    });
  }
}

function isProgram(name: string): name is ProgramName {
  return name in REFUSALS;
}

unixTest(
  "accio grade refuses a report that can't be written before it runs the program",
  async () => {
    const args = ["server-s", "--json=no/such/dir", "--", "touch", "should-not-be", "{port}"];
    const { code, stdout, stderr } = await run("accio", ["grade", ...args]);
    assertMatch(stderr, /^ERROR: can't write "no\/such\/dir": No such file or directory\n$/);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
  },
);

for (const name of ["accio-server-s", "accio-server", "accio calculator-server"] as const) {
  Deno.test(`${name} refuses a port that is in use`, async () => {
    await using dir = new TempDir();
    using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
    const { port } = listener.addr;
    const args = {
      "accio-server-s": [port],
      "accio-server": [port, dir.path],
      "accio calculator-server": ["127.0.0.1", port],
    }[name];
    const { code, stdout, stderr } = await run(name, args);
    assertEquals(
      stderr,
      `ERROR: port ${port} is in use by another program; choose a free one\n`,
    );
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
  });
}

for (const name of ["message-server", "message-client", "echo-server", "grade"]) {
  Deno.test(`accio ${name} --help shows usage and example in 80 columns`, async () => {
    const { code, stdout, stderr } = await run("accio", [name, "--help"]);
    assertMatch(stdout, new RegExp(`^Usage: accio ${name} `, "m"));
    assertMatch(stdout, new RegExp(`\nExample:\n  accio ${name} .*(5000|\\{port\\}).*\n$`));
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    for (const line of stdout.split("\n")) assertMatch(line, /^.{0,80}$/);
  });
}

for (
  const name of [
    "accio-server-s",
    "accio-server",
    "accio client",
    "accio calculator-server",
    "accio calculator-client",
    "accio",
  ] as const
) {
  Deno.test(`${name} --help and --version print on stdout and exit with 0`, async () => {
    for (const flag of ["--help", "-h"]) {
      const { code, stdout, stderr } = await run(name, [flag]);
      assertMatch(stdout, /^[A-Z].*\.\n\nUsage: accio/);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      for (const line of stdout.split("\n")) assertMatch(line, /^.{0,80}$/);
    }
    for (const flag of ["--version", "-V"]) {
      const { code, stdout, stderr } = await run(name, [flag]);
      assertMatch(
        stdout,
        /^accio[-a-z ]* \d+\.\d+\.\d+ \(Deno \d+\.\d+\.\d+, [-_a-z0-9]+\)\n$/,
      );
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
    }
  });
}
