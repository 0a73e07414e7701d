import { type Fault, submission, testFaults, TIMEOUT } from "./grading.ts";

const FAULTS: readonly Fault[] = [
  { name: "crashes-on-a-bad-port", fails: [2], says: /begins with "Traceback.*put the code/ },
  { name: "exits-0-on-a-bad-port", fails: [2], says: /exit status 0.*sys\.exit\(1\)/ },
  { name: "handles-no-signals", fails: [3], says: /exit status 0 after SIGINT.*signal\.signal/ },
  {
    name: "signal-sets-a-variable-only",
    fails: [3],
    says: /still running.*does not end accept\(\)/,
  },
  { name: "listens-on-localhost", fails: [4], says: /loopback address.*Bind to "0\.0\.0\.0"/ },
  {
    name: "greets-without-cr",
    fails: [5, 6, 7, 8, 11, 12, 13, 14, 15, 16],
    says: /"accio\\n"; .*these seven bytes/,
  },
  {
    name: "never-receives",
    fails: [6, 7, 9, 11, 14],
    says: /still waiting in its socket.*Call recv\(\)/,
    only: "2,3,4,5,6,7,9,10,11,14",
  },
  {
    name: "serves-one-connection",
    fails: [7, 8, 10, 11, 13, 15],
    says: /refused.*accept\(\) in a loop/,
  },
  { name: "has-a-short-backlog", fails: [8], says: /not established.*backlog of at least 10/ },
  { name: "serves-all-at-once", fails: [8], says: /\d of the 9 others.*no threads here/ },
  { name: "has-no-timeout", fails: [9, 10], says: /still open.*settimeout\(10\)/ },
  { name: "has-no-timeout", fails: [10, 9], says: /silent client still blocks.*as test 9/ },
  { name: "times-out-early", fails: [9], says: /ended after [12]\.\d s.*no less/ },
  {
    name: "limits-the-whole-connection",
    fails: [9],
    // How long the others take depends on the link, and on the machine.
    only: "2,3,4,5,6,7,8,9,10,11,12",
    says: /ended after 1\.\d s.*each recv/,
  },
  { name: "prints-no-error", fails: [9], says: /"ERROR" on standard output.*"timeout"/ },
  {
    name: "dies-on-timeout",
    fails: [10],
    says: /server had ended by then: exit status 1/,
  },
  { name: "hangs-on-small-files", fails: [11, 7, 8, 12], says: /still open.*returns no bytes/ },
  {
    name: "counts-the-confirmations",
    fails: [12, 14, 16],
    says: /38 bytes too many: both confirmations/,
  },
  {
    name: "drops-what-came-with-the-confirmation",
    fails: [12, 14],
    says: /\d+ bytes too few.*belongs to the file/,
  },
  {
    name: "stops-after-1-MiB",
    fails: [13, 14, 15, 16],
    says: /(reset|closed) the connection.*until (recv\(\)|it) returns no bytes/,
  },
  { name: "prints-MiB", fails: [14, 16], says: /"10 MiB".*decimal digits/ },
  {
    name: "takes-one-recv-for-a-confirmation",
    fails: [15, 16],
    says: /second greeting.*Collect what recv\(\) returns/,
  },
  { name: "skips-single-bytes", fails: [16], says: /bytes? too few/ },
];

testFaults(
  "server-s",
  FAULTS,
  (fault) => ["python3", submission("server_s.py"), fault, TIMEOUT, "{port}"],
);
