import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { start, startCommand } from "../support/program.ts";
import { submission } from "./grading.ts";

const PARSE_XML = [
  "python3",
  ...["-c", "import sys, xml.dom.minidom as d; d.parse(sys.argv[1])"],
] as const;

unixTest("all reports of a run agree", async () => {
  await using dir = new TempDir();
  const files = ["json", "junit", "gradescope", "html"] as const;
  const options = files.map((format) => `--${format}=${dir.file(format)}`);
  await using grader = start("accio", [
    ...["grade", "server-s", "--only=1,2,3,11", "--seed=7", ...options, "--"],
    ...["python3", submission("server_s.py"), "handles-no-signals", "5", "{port}"],
  ]);
  const { code, stdout } = await grader.outcome();
  assertEquals(code, 1);
  assertMatch(stdout, /^ +1 .* – skipped$/m);
  assertMatch(stdout, /^ +3 .* 0\/5 +✗ /m);
  assertMatch(stdout, /^– 1\. .*: skipped: name the repository with --repo=DIR\.$/m);
  assertMatch(stdout, /\nScore: 15 of 20 {2}\(edition confirm, seed 7, \d+\.\d s\)\n$/);
  const [json = "", junit = "", gradescope = "", html = ""] = await Promise.all(
    files.map((format) => Deno.readTextFile(dir.file(format))),
  );

  const { points, possible, tests } = JSON.parse(json);
  assertEquals([points, possible], [15, 20]);
  assertEquals(tests.map(({ outcome }: { outcome: string }) => outcome), [
    ...["skipped", "passed", "failed", "passed"],
  ]);
  const [transfer] = tests[3].transfers;
  assertEquals(transfer.points.at(-1)[1], transfer.size);

  assertEquals(JSON.parse(gradescope).score, 15);

  assertMatch(junit, /<testsuites tests="4" failures="1" errors="0" time="[\d.]+">/);
  assertEquals(junit.match(/<testcase /g)?.length, 4);
  await using parser = startCommand([
    ...PARSE_XML,
    dir.file("junit"),
  ]);
  assertEquals((await parser.outcome()).code, 0);

  assertStringIncludes(html, "15 of 20 points");
  assertMatch(html, /<svg [^]*<polyline points="64\.0,126\.0 /);
  // It needs no other file.
  assert(!/(src|href)="(?!#)|url\(|@import/.test(html));
});

unixTest("a program's output cannot break a report", async () => {
  await using dir = new TempDir();
  const hostile = `import sys; sys.stderr.write("\\x1b[2J\\0</pre><script>&\\ufffe]]>" + chr(34));`;
  await using grader = start("accio", [
    ...["grade", "server-s", "--only=5"],
    ...[`--junit=${dir.file("junit")}`, `--html=${dir.file("html")}`],
    ...["--", "python3", "-c", hostile, "{port}"],
  ]);
  const { stdout } = await grader.outcome();
  // deno-lint-ignore no-control-regex -- they would control a terminal
  assert(!/[\x00\x1b]/.test(stdout), stdout);
  await using parser = startCommand([
    ...PARSE_XML,
    dir.file("junit"),
  ]);
  assertEquals((await parser.outcome()).code, 0);
  assert(!(await Deno.readTextFile(dir.file("html"))).includes("<script"));
});
