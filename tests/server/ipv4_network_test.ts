import { assertEquals } from "@std/assert";
import { IPv4Network } from "../../lib/server/ipv4_network.ts";

Deno.test("a network includes the addresses with its prefix", () => {
  const cases = [
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.9.8.7/8", "10.0.0.1", true],
    ["192.168.1.128/25", "192.168.1.128", true],
    ["192.168.1.128/25", "192.168.1.127", false],
    ["255.255.255.255", "255.255.255.255", true],
    ["127.0.0.1", "127.0.0.2", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "::1", false],
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["10.0.0.0/8", "::ffff:11.1.2.3", false],
  ] as const;
  for (const [network, address, expected] of cases) {
    assertEquals(IPv4Network.parse(network)?.includes(address), expected, `${network} ${address}`);
  }
});

Deno.test("recognises what is not a network", () => {
  const wrong = ["", "10", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8"];
  for (const text of [...wrong, "10.0.0.0/-1", "10.0.0.1e1", "::1", "localhost", " 10.0.0.1"]) {
    assertEquals(IPv4Network.parse(text), undefined, text);
  }
});
