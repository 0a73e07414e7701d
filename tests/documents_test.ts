/** What the documents name exists: files that they link to, and tests that they cite. */

import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { exists } from "./support/data.ts";
import { ROOT } from "./support/program.ts";

const DOCUMENTS = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bench/README.md"],
  ...Array.from(Deno.readDirSync(join(ROOT, "docs")), ({ name }) => `docs/${name}`)
    .filter((path) => path.endsWith(".md")).sort(),
];

for (const path of DOCUMENTS) {
  Deno.test(`${path} names no file that does not exist`, async () => {
    const text = await Deno.readTextFile(join(ROOT, path));
    const links = Array.from(
      text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g),
      ([, link = ""]) => join(ROOT, path, "..", link),
    );
    const cited = Array.from(
      text.matchAll(/`((?:lib|tests|tools|docs|deploy|bench)\/[\w./-]*\w)`/g),
      ([, name = ""]) => join(ROOT, name),
    );
    assertEquals([...links, ...cited].filter((file) => !exists(file)), []);
  });
}
