// While the order is put anew the view lacks, for a moment, rows and people that are in it before and after: a person
// who acts just then was told "there is no such member".
import t from "tap";
import { newId } from "../../src/p2p/room.js";
import { admit, connect, found, invite, openPerson, say, until, write } from "../helpers/rooms.js";

const APART = 150;

t.test("what is there is not denied while the order is put anew", async (t) => {
  const folder = t.testdir({ ann: {}, bob: {} });
  const ann = await found(`${folder}/ann`, "ann");
  const inviteId = await invite(ann);
  const bob = await openPerson(`${folder}/bob`, "bob", {
    key: ann.room.key,
    encryptionKey: ann.room.base.encryptionKey,
  });
  t.teardown(() => Promise.all([ann.close(), bob.close()]));
  const cut = connect(ann, bob);
  await admit(ann, bob, inviteId);
  await until(() => bob.room.writable && bob.room.writers.size === 2);
  await cut();

  const target = { writer: bob.room.writerKey, id: newId() };
  await bob.room.append(bob.room.seal({ type: "post-message", text: "mine" }, target.id, Date.now()));
  for (let i = 0; i < 30; i++) await say(bob, `bob ${i}`);
  for (let i = 0; i < APART; i++) await say(ann, `ann ${i}`);
  await write(ann, { type: "set-role", identity: bob.identity.key, role: 2 });

  let isDone = false;
  const refusals: string[] = [];
  let asked = 0;
  const asking = (async () => {
    while (!isDone) {
      const why = await bob.room.whyNot({ type: "edit-message", target, text: "mine, edited" });
      if (why) refusals.push(why.code);
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  const cutAgain = connect(ann, bob);
  t.teardown(cutAgain);
  await until(async () => {
    // As a room's channel says it; the library's own hints may pass before both sides listen.
    bob.room.hint([{ writer: ann.room.writerKey, length: ann.room.ownLength }]);
    return (await bob.room.person(bob.identity.key))?.role === "moderator";
  }, 50_000);
  isDone = true;
  await asking;
  t.ok(asked > 1, `asked ${asked} times`);
  t.same(refusals, []);
});
