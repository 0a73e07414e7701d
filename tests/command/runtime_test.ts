import { assertThrows } from "@std/assert";
import { Failure } from "../../lib/command/errors.ts";
import { checkRuntime } from "../../lib/command/runtime.ts";

Deno.test("accepts the supported versions of Deno", () => {
  for (
    const version of [
      "2.6.0",
      "2.6.8",
      "2.7.14",
      "2.9.0",
      "2.9.6",
      "2.10.0",
      "3.0.0",
    ]
  ) {
    checkRuntime(version);
  }
});

Deno.test("refuses Deno 2.8 and versions older than 2.6, with the reason", () => {
  for (const version of ["2.8.0", "2.8.3", "2.8.0-rc.1"]) {
    assertThrows(
      () => checkRuntime(version),
      Failure,
      "does not close network connections",
    );
  }
  for (const version of ["2.5.7", "2.0.0", "1.46.3"]) {
    assertThrows(() => checkRuntime(version), Failure, "is too old");
  }
});
