import { type Fault, submission, testFaults, TIMEOUT } from "./grading.ts";

const FAULTS: readonly Fault[] = [
  { name: "needs-no-arguments", fails: [2], says: /with no arguments.*exit status 0/ },
  {
    name: "catches-nothing",
    fails: [2, 3, 5, 9],
    says: /begins with "Traceback.*put the code/,
  },
  {
    name: "never-connects",
    fails: [4, 5, 6, 7, 8, 9, 10],
    says: /no connection within 15\.0 s/,
    only: "2,4,5,6,7,8,9,10",
  },
  { name: "exits-0-without-a-server", fails: [5], says: /nothing listens.*sys\.exit\(1\)/ },
  { name: "waits-too-long", fails: [6, 9], says: /still running.*settimeout\(10\)/ },
  { name: "has-no-timeout", fails: [6, 5, 9], says: /still running.*settimeout\(10\)/ },
  {
    name: "sends-before-the-greeting",
    fails: [7],
    says: /before the server sent anything.*"confirm-accio\\r\\n"/,
  },
  {
    name: "takes-any-bytes-for-a-greeting",
    fails: [7],
    says: /after "acc" alone.*Collect what recv\(\) returns/,
  },
  {
    name: "confirms-wrongly",
    fails: [8, 9, 10, 11, 12, 13],
    says: /"confirm-again\\r\\n\\r\\n.*Compare byte by byte/,
  },
  {
    name: "waits-forever-in-the-file",
    fails: [9],
    says: /5 s after its last progress.*still running/,
  },
  { name: "sends-no-small-files", fails: [10, 11], says: /0 bytes.*Not all of the file/ },
  { name: "takes-one-recv-for-a-greeting", fails: [11, 13], says: /client/ },
  { name: "stops-after-1-MiB", fails: [12, 13], says: /bytes and a clean close.*sendall/ },
  { name: "limits-the-whole-transfer", fails: [13], says: /Not all of the file/ },
];

testFaults(
  "client",
  FAULTS,
  (fault) => [
    ...["python3", submission("client.py"), fault, TIMEOUT],
    ...["{host}", "{port}", "{file}"],
  ],
);
