import t from "tap";
import { addressesFor, mayCall } from "../../../src/p2p/files/road-addresses.js";

const OWN = ["127.0.0.1", "::1", "192.168.1.10", "10.8.0.3", "fd00::5", "fe80::1", "169.254.9.9", "93.184.215.14"];
const OWN_PUBLIC_V6 = "2606:2800:21f:cb07::1";

t.test("a peer is told only addresses by which it could come, and no other networks", async (t) => {
  const own = [...OWN, OWN_PUBLIC_V6];
  const told: readonly [string, string | null, boolean, string[]][] = [
    ["on this machine", "127.0.0.1", true, ["127.0.0.1"]],
    ["on this machine, where no others are told", "127.0.0.1", false, ["127.0.0.1"]],
    ["on this machine, heard by its network's address", "192.168.1.10", false, ["127.0.0.1"]],
    ["on one network", "192.168.1.20", true, ["192.168.1.10", "10.8.0.3", "fd00::5"]],
    ["on one network, where no others are told", "192.168.1.20", false, []],
    ["in a tunnel", "10.8.0.4", true, ["10.8.0.3", "192.168.1.10", "fd00::5"]],
    ["over the internet", "203.0.113.5", true, ["93.184.215.14"]],
    ["nobody knows where", null, true, []],
    ["no address", "example.org", true, [] as string[]],
  ];
  for (const [what, remoteHost, isLan, expected] of told) {
    t.same(addressesFor(remoteHost, isLan, own), expected, what);
  }
  const many = Array.from({ length: 30 }, (_, at) => `172.${16 + (at % 16)}.${at}.1`);
  const told30 = addressesFor("192.168.1.20", true, [...many, ...OWN]);
  t.equal(told30.length, 8);
  t.equal(told30[0], "192.168.1.10", "the network they share comes first");
});

t.test("only the peer's own place is called, whatever it names", async (t) => {
  const calls: readonly [string, string | null, boolean][] = [
    ["127.0.0.1", "127.0.0.1", true],
    ["::1", "127.0.0.1", true],
    ["127.0.0.1", "192.168.1.10", true],
    ["192.168.1.20", "192.168.1.20", true],
    ["10.8.0.4", "192.168.1.20", true],
    ["fd00::6", "192.168.1.20", true],
    ["203.0.113.5", "203.0.113.5", true],
    // Services of this machine, in any spelling.
    ["127.0.0.1", "192.168.1.20", false],
    ["127.8.8.8", "203.0.113.5", false],
    ["::1", "203.0.113.5", false],
    ["0:0:0:0:0:0:0:1", "192.168.1.20", false],
    ["::ffff:127.0.0.1", "192.168.1.20", false],
    ["::ffff:7f00:1", "203.0.113.5", false],
    ["192.168.1.10", "192.168.1.20", false],
    ["FD00:0::5", "192.168.1.20", false],
    ["0.0.0.0", "192.168.1.20", false],
    ["::", "127.0.0.1", false],
    // Machines beside this one, named from far away.
    ["192.168.1.1", "203.0.113.5", false],
    ["10.0.0.1", "203.0.113.5", false],
    ["100.64.0.1", "203.0.113.5", false],
    // Third parties.
    ["203.0.113.6", "203.0.113.5", false],
    ["203.0.113.6", "192.168.1.20", false],
    ["203.0.113.6", "127.0.0.1", false],
    ["169.254.169.254", "192.168.1.20", false],
    ["224.0.0.1", "192.168.1.20", false],
    ["255.255.255.255", "192.168.1.20", false],
    ["example.org", "192.168.1.20", false],
    ["192.168.1.20", null, false],
    ["127.0.0.1", null, false],
  ];
  for (const [address, remoteHost, may] of calls) {
    t.equal(mayCall(address, remoteHost, OWN), may, `${address} for a peer at ${remoteHost}`);
  }
});
