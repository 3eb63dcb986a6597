// What did not get out: sent again, or taken back, once and once more.
import t, { type Test } from "tap";
import { findMessage } from "../../src/daemon/find.js";
import { messageHandlers } from "../../src/daemon/message-handlers.js";
import type { Search } from "../../src/daemon/search.js";
import { hex } from "../../src/p2p/hex.js";
import type { MemberRoom } from "../../src/p2p/member-room.js";
import type { RoomMessage } from "../../src/p2p/messages.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(120_000);

async function two(t: Test) {
  const town = new Town(t);
  const id = await town.room(["olive", "meg"]);
  const set = (post: "members" | "moderators") =>
    town.member("olive", id).write({ type: "set-room", post: post === "members" ? 1 : 2 });
  return { town, id, set };
}

/** As where the rights change while a message is on its way: what is known here lets it pass. */
async function sendUnchecked(member: MemberRoom, text: string) {
  const summary = member.summary.bind(member);
  member.summary = () => ({ ...summary(), canWrite: true });
  const sent = await member.send(text);
  member.summary = summary;
  return sent;
}

t.test("what the room refused is sent again when it may, and refused again while it may not", async (t) => {
  const { town, id, set } = await two(t);
  const meg = town.member("meg", id);
  await set("moderators");
  await eventually(() => !meg.summary().canWrite);
  const sent = await sendUnchecked(meg, "let me in");
  t.match(sent, { state: "failed", text: "let me in" });
  const { length } = meg.room.base.local;
  t.match(await meg.retry(null), [{ state: "failed", reason: /Only moderators and owners/ }]);
  t.equal(meg.room.base.local.length, length, "nothing is written that would be left out again");
  const { room } = town.member("olive", id);
  // Seen by her, so that what she allows next comes after it in any order.
  await eventually(() => Object.values(room.leftOut).reduce((sum, count) => sum + count, 0) > 0);
  t.same(await town.texts("olive", id), []);

  await town.close("meg");
  await town.open("meg");
  await set("members");
  const again = town.member("meg", id);
  await eventually(() => again.summary().canWrite);
  const states: (string | null)[] = [];
  again.on("arriving", ({ state }: RoomMessage) => states.push(state));
  again.on("states", (changes: { state: string }[]) => states.push(...changes.map(({ state }) => state)));
  t.match(await again.retry(sent.id), [{ state: /sent|delivered/, text: "let me in" }]);
  t.same(states.slice(0, 2), ["pending", "sent"], "and whoever looks is told");
  await eventually(async () => (await town.texts("olive", id)).join() === "let me in");
  t.same(await again.retry(null), [], "nothing is left");
  await eventually(() => again.arriving.length === 0);
  t.same(await town.texts("meg", id), ["let me in"]);
});

t.test("what waits stays what it is while nothing can be written", async (t) => {
  const { town, id } = await two(t);
  const meg = town.member("meg", id);
  Object.defineProperty(meg.room, "isStalled", { configurable: true, get: () => true });
  const { id: messageId } = await meg.send("in a while");
  t.match(await meg.retry(null), [], "it has not failed");
  t.match(await meg.retry(messageId), [{ state: "pending" }]);
  Reflect.deleteProperty(meg.room, "isStalled");
  t.match(await meg.retry(messageId), [{ state: /sent|delivered/ }]);
  await eventually(async () => (await town.texts("olive", id)).join() === "in a while");
});

t.test("taken back before it went out, and once more after an unclear failure, also of a new core", async (t) => {
  const { town, id } = await two(t);
  const meg = town.member("meg", id);
  Object.defineProperty(meg.room, "isStalled", { configurable: true, get: () => true });
  const { id: messageId, writer } = await meg.send("never said");
  const asked = { room: id, id: hex(messageId), writer: hex(writer) };
  const takeBack = () => messageHandlers(town.core("meg"), {} as Search)["message.delete"](asked);
  const answer = { id: asked.id, writer: asked.writer, deleted: true, text: "", mine: true };
  t.match(await takeBack(), answer);
  t.match(await takeBack(), answer);
  await town.close("meg");
  await town.open("meg");
  t.match(await takeBack(), answer);
  t.same(await town.member("meg", id).retry(messageId), [], "nothing of it goes out");
  t.same(await town.texts("meg", id), []);
  await t.rejects(findMessage(town.member("meg", id), "ab".repeat(16), null), { code: "NO_SUCH_MESSAGE" });
});

t.test("taken back twice, when everybody had it", async (t) => {
  const { town, id } = await two(t);
  const { id: messageId, writer } = await town.member("meg", id).send("said");
  const asked = { room: id, id: hex(messageId), writer: hex(writer) };
  const takeBack = () => messageHandlers(town.core("meg"), {} as Search)["message.delete"](asked);
  t.match(await takeBack(), { deleted: true });
  const { length } = town.member("meg", id).room.base.local;
  t.match(await takeBack(), { deleted: true });
  t.equal(town.member("meg", id).room.base.local.length, length, "nothing is written a second time");
});
