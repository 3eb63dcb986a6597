// Somebody who took over a signed view, with everybody else gone before all of the history was here.
import t, { type Test } from "tap";
import { makeHandlers } from "../../src/daemon/handlers.js";
import type { Core } from "../../src/p2p/index.js";
import { endOf, Wires } from "../helpers/mates.js";
import { until } from "../helpers/rooms.js";
import { gather, openNamed } from "../helpers/wired-cores.js";

t.setTimeout(100_000);

const LIMIT_MS = 40_000;
const SAID = 150;

/** Bob is in and was away while ann wrote; he takes over the signed view, and is cut off at that moment. */
async function cutOff(t: Test) {
  const folder = t.testdir({});
  const room = await gather(folder, ["ann", "bob"]);
  const wires = new Wires();
  const ann = await openNamed(folder, "ann", false);
  let bob = await openNamed(folder, "bob", false);
  t.teardown(async () => {
    await wires.close();
    await Promise.all([ann.close(), bob.close()]);
  });
  const member = memberOf(ann, room);
  // One by one, since a signed view is taken over where it is many blocks ahead.
  for (let i = 0; i < SAID; i++) await member.send(`word${i}`);
  await until(() => member.room.base.view.core.signedLength > SAID, LIMIT_MS);
  const taken = new Promise((done) => memberOf(bob, room).room.base.once("fast-forward", done));
  const meet = () => wires.link(endOf(ann), endOf(bob));
  meet();
  await taken;
  await wires.close();
  return {
    room,
    ann,
    bob: () => bob,
    meet,
    restart: async () => {
      await bob.close();
      bob = await openNamed(folder, "bob", false);
    },
  };
}

const memberOf = (core: Core, room: string) => core.room(room)!.member!;

/** `here`, or the code of why not. */
function said(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => "here",
    ({ code }) => code,
  );
}

async function texts(core: Core, room: string): Promise<string[]> {
  const { messages } = await makeHandlers(core)["message.list"]({ room, limit: 2 * SAID });
  return messages.flatMap(({ type, text }) => (type === "message" ? [text] : []));
}

for (const isRestarted of [false, true]) {
  const when = isRestarted ? ", restarted" : "";
  t.test(
    `cut off${when}: what is not here says so and does not hang, what one says is kept, and all comes`,
    async (t) => {
      const { room, ann, bob, meet, restart } = await cutOff(t);
      if (isRestarted) await restart();
      t.ok(memberOf(bob(), room).room.base.view.core.signedLength > SAID, "the order is known");
      const handlers = makeHandlers(bob());
      const begun = performance.now();
      const asked = [
        handlers["message.list"]({ room, limit: 50 }).then(({ incomplete }) => t.ok(incomplete, "a page says so")),
        handlers["message.pins"]({ room }),
        handlers["room.members"]({ room }),
        handlers["message.search"]({ room, text: "word7", limit: 10 }),
        handlers["room.show"]({ room }),
      ];
      const answers = await Promise.all(asked.map(said));
      t.comment(`answered in ${Math.round(performance.now() - begun)} ms: ${answers.join(", ")}`);
      t.equal(answers[1], "NOT_HERE", "pins");
      t.equal(answers[2], "NOT_HERE", "members");
      t.equal(answers[4], "here", "what is known of the room");

      const sent = await handlers["message.send"]({ room, text: "said while alone" });
      t.match(sent, { text: "said while alone", state: "pending" });
      const { messages } = await handlers["message.list"]({ room, limit: 50 });
      t.match(messages, [{ text: "said while alone", state: "pending" }]);

      meet();
      await until(async () => (await texts(ann, room)).length === SAID + 1, LIMIT_MS);
      await until(async () => (await texts(bob(), room)).length === SAID + 1, LIMIT_MS);
      t.same(await texts(bob(), room), await texts(ann, room));
      await until(async () => !(await handlers["message.list"]({ room, limit: 50 })).incomplete, LIMIT_MS);
      await until(async () => {
        const found = await handlers["message.search"]({ room, text: "word77", limit: 10 });
        return found.messages.length === 1;
      }, LIMIT_MS);
    },
  );
}

t.test("gone after all of it was here: it is whole, and one's own words go in", async (t) => {
  const { room, ann, bob, meet } = await cutOff(t);
  meet();
  await until(() => memberOf(bob(), room).room.total === SAID + 2, LIMIT_MS);
  const { core } = memberOf(bob(), room).room.base.view;
  await until(
    () => core.contiguousLength >= core.signedLength && memberOf(bob(), room).room.fetched === null,
    LIMIT_MS,
  );
  await ann.close();
  const handlers = makeHandlers(bob());
  t.match(await handlers["message.list"]({ room, limit: 2 * SAID }), { incomplete: false, total: SAID + 2 });
  t.match(await handlers["message.send"]({ room, text: "alone" }), { state: "sent" });
  t.equal((await handlers["room.members"]({ room })).length, 2);
});
