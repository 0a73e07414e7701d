import { assertEquals } from "@std/assert";
import { parseNetstat, parseProcNet } from "../../lib/grade/socket_table.ts";

const NONE = {
  isLoopback: false,
  peerPort: 0,
  isListening: false,
  isConnecting: false,
  isHalfClosed: false,
  unread: 0,
  unsent: 0,
};

Deno.test("parses /proc/net/tcp and tcp6 of Linux", () => {
  const text = `\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 00000000:1389 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 2
   2: 0100007F:1389 0200007F:C350 01 0000000A:000001F4 00:00000000 00000000     0        0 3
  10: 0100007F:C351 0100007F:1388 02 00000001:00000000 01:00000064 00000000     0        0 4
  11: 0100007F:1388 0100007F:C352 08 00000000:00000003 00:00000000 00000000     0        0 5
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:138A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   1: 00000000000000000000000001000000:138B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`;
  assertEquals(parseProcNet(text), [
    { ...NONE, isLoopback: true, port: 5000, isListening: true },
    { ...NONE, port: 5001, isListening: true, unread: 2 },
    { ...NONE, isLoopback: true, port: 5001, peerPort: 50000, unread: 500, unsent: 10 },
    {
      ...NONE,
      isLoopback: true,
      port: 50001,
      peerPort: 5000,
      isConnecting: true,
      unsent: 1,
    },
    {
      ...NONE,
      isLoopback: true,
      port: 5000,
      peerPort: 50002,
      isHalfClosed: true,
      unread: 2,
    },
    { ...NONE, port: 5002, isListening: true },
    { ...NONE, isLoopback: true, port: 5003, isListening: true },
  ]);
});

Deno.test("parses the output of netstat on macOS", () => {
  const text = `\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  127.0.0.1.5000         *.*                    LISTEN
tcp4       0      0  *.5001                 *.*                    LISTEN
tcp4     500     10  127.0.0.1.5001         127.0.0.1.50000        ESTABLISHED
`;
  assertEquals(parseNetstat(text), [
    { ...NONE, isLoopback: true, port: 5000, isListening: true },
    { ...NONE, port: 5001, isListening: true },
    { ...NONE, isLoopback: true, port: 5001, peerPort: 50000, unread: 500, unsent: 10 },
  ]);
});
