// Who is asked to pass on, and who is passed by.
import t from "tap";
import { Heard } from "../../../src/p2p/calls/heard.js";
import { Upstream } from "../../../src/p2p/calls/upstream.js";

t.test("what this device sends is lost, or waits", async (t) => {
  let now = 0;
  const upstream = new Upstream(() => now);
  const streams = [20, 30, 40].map((rtt) => ({ rtt, packetsTransmitted: 0, retransmits: 0 }));
  const second = (packets: number, resent: number, late: readonly number[] = [0, 0, 0]) => {
    now += 1_000;
    for (const [at, stream] of streams.entries()) {
      stream.rtt = 20 + 10 * at + late[at]!;
      stream.packetsTransmitted += packets;
      stream.retransmits += resent;
    }
    upstream.note(streams);
  };
  for (let at = 0; at < 30; at++) second(50, 0);
  t.ok(upstream.isGood);
  second(50, 0, [500, 0, 0]);
  t.ok(upstream.isGood, "one far device is slow by itself");
  second(50, 0, [300, 200, 0]);
  t.notOk(upstream.isGood, "it queues to most");
  now += 31_000;
  t.ok(upstream.isGood, "after a while it is asked again");
  for (let at = 0; at < 12; at++) second(10, 0);
  second(2, 2);
  t.ok(upstream.isGood, "of a few packets nothing is told");
  for (let at = 0; at < 6; at++) second(50, 5);
  t.notOk(upstream.isGood, "one in ten is sent again");
});

t.test("streams that tell nothing of themselves are no sign", async (t) => {
  const upstream = new Upstream(() => 0);
  upstream.note([]);
  upstream.note([{ rtt: 5 }, { rtt: Number.NaN }]);
  t.ok(upstream.isGood);
});

t.test("most of what they say they sent does not come", async (t) => {
  let now = 0;
  const heard = new Heard(() => now);
  const second = (sent: number, got: number) => {
    now += 1_000;
    for (let at = 0; at < got; at++) heard.note("w");
    heard.compare("w", sent);
  };
  second(50, 50);
  second(100, 50);
  second(150, 20);
  t.notOk(heard.isMissed("w"), "one bad second");
  second(200, 40);
  second(210, 0);
  second(220, 0);
  second(225, 0);
  t.notOk(heard.isMissed("w"), "one bad second, and silence");
  second(275, 10);
  t.ok(heard.isMissed("w"));
  now += 60_000;
  t.notOk(heard.isMissed("w"), "tried again");
  second(0, 0);
  second(50, 50);
  t.notOk(heard.isMissed("w"), "who came anew counts anew");
});
