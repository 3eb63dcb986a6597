import t from "tap";
import { until } from "../helpers/program.js";
import { inOneRoom, rows } from "./two-people.js";

t.test(
  "roles and removal: who may not is told why, who is removed can write no more and keeps what was said",
  async (t) => {
    const { maya, bob, room } = await inOneRoom(t);
    const refused = await bob.run("room", "set", "tea", "--topic", "mine");
    t.equal(refused.code, 1);
    t.match(refused.stderr, /owner|moderator/i);
    t.match(await maya.json("room", "role", "tea", "bob", "moderator"), { name: "bob", role: "moderator" });
    await until(async () => (await bob.json("room", "show", "tea")).role === "moderator", 20_000);
    await maya.json("send", "tea", "before");
    await maya.json("room", "remove", "tea", "bob", "--yes");
    await until(async () => (await bob.json("room", "list"))[0].state === "removed", 20_000);
    const send = await bob.run("send", "tea", "still here?");
    t.not(send.code, 0);
    t.match(await rows(bob), [{ notice: "created" }]);
    t.equal((await bob.run("export", "tea")).code, 0);
    const next = (await maya.run("room", "renew", "tea", "--yes")).stdout.trim();
    t.match(await maya.json("room", "show", room.id), { continuedBy: next });
    t.match(await maya.json("room", "show", "tea"), { id: next, continues: room.id }, "the name goes on with it");
  },
);
