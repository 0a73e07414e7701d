import { type Fault, submission, testFaults, TIMEOUT } from "./grading.ts";

/** The tests without the large files. */
const LIGHT = "2,3,4,5,6,7,8,9,10,11,12,13,14";
/** The small and large files from both clients. */
const FILES = "11,12,13,14,15,16,17,18,19,20";

const FAULTS: readonly Fault[] = [
  {
    name: "serves-one-after-another",
    fails: [8],
    says: /\d were greeted.*Start a thread/,
    only: LIGHT,
  },
  { name: "writes-no-error", fails: [9], says: /1\.file with the five bytes ERROR/, only: LIGHT },
  { name: "adds-a-newline", fails: [9], says: /"ERROR\\n".*No newline/, only: LIGHT },
  { name: "keeps-partial-data", fails: [9], says: /open the file again with "wb"/, only: LIGHT },
  {
    name: "hangs-on-small-files",
    fails: [7, 12, 14],
    says: /still open.*returns no bytes/,
    only: LIGHT,
  },
  {
    name: "names-files-txt",
    fails: [12, 9, 14],
    says: /directory has: 1\.txt.*1\.file/,
    only: LIGHT,
  },
  {
    name: "decodes-text",
    fails: [12, 14, 15, 16, 17, 18, 19, 20],
    says: /too many|binary mode/,
    only: FILES,
  },
  {
    name: "always-saves-1.file",
    fails: [15, 16, 17, 18, 19, 20],
    says: /number of the connection|bytes that were sent/,
    only: FILES,
  },
  {
    name: "stops-after-1-MiB",
    fails: [15, 16, 17, 18, 19, 20],
    says: /reset|closed the connection/,
    only: FILES,
  },
  { name: "shares-the-file", fails: [16, 18, 20], says: /reset|\.file with/, only: FILES },
  {
    name: "takes-one-recv-for-a-confirmation",
    fails: [19, 20],
    says: /second greeting.*Collect what recv\(\) returns/,
    only: FILES,
  },
];

testFaults(
  "server",
  FAULTS,
  (fault) => ["python3", submission("server.py"), fault, TIMEOUT, "{port}", "{dir}"],
);
