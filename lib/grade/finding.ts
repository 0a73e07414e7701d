/** The explanation of a failed test. */
export interface Finding {
  readonly expected: string;
  readonly got: string;
  /** The likely cause and the fix, in a sentence or two. */
  readonly advice: string;
}

/** The program did not do what a test requires. Every function named `expect…` throws it. */
export class Unmet extends Error {
  override readonly name = "Unmet";

  constructor(readonly finding: Finding) {
    super(`expected ${finding.expected}; got: ${finding.got}`);
  }
}

/** A test that cannot run; the message is the reason. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}
