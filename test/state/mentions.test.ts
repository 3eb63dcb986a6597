import t from "tap";
import { mentionsIn } from "../../src/state/mentions.js";
import { memberView } from "../../src/state/views.js";
import { ALICE, BOB, MAYA, member } from "../components/scripted-core.js";

const BOB_SMITH = { id: "06".repeat(32), name: "bob smith" };
const OTHER_BOB = { id: "1a2b".repeat(16), name: "bob" };
const MEMBERS = [
  member(MAYA),
  member(ALICE),
  member(BOB, { tag: "0202" }),
  member(OTHER_BOB, { tag: "1a2b" }),
  member(BOB_SMITH),
].map(memberView);

t.test("whole names behind an @ are meant, in any case, and the longest that fits", (t) => {
  const named = (text: string) => mentionsIn(text, MEMBERS);
  t.same(named("@alice, are you there?"), [ALICE.id]);
  t.same(named("(@ALICE)"), [ALICE.id]);
  t.same(named("@bob smith and @alice"), [BOB_SMITH.id, ALICE.id]);
  t.same(named("@bob smithy"), [BOB.id, OTHER_BOB.id], "not the beginning of a longer word");
  t.same(named("@alice @alice"), [ALICE.id], "once");
  for (const text of ["mail me@alice", "@alicex", "alice", "@", "@@", "", "é@alice", "𝒶@alice"])
    t.same(named(text), [], text);
  t.end();
});

t.test("of those who look alike, the letters behind # choose one; without them all are meant", (t) => {
  t.same(mentionsIn("@bob#1a2b hi", MEMBERS), [OTHER_BOB.id]);
  t.same(mentionsIn("@Bob#0202", MEMBERS), [BOB.id]);
  t.same(mentionsIn("@bob", MEMBERS), [BOB.id, OTHER_BOB.id]);
  t.same(mentionsIn("@bob#9999", MEMBERS), [BOB.id, OTHER_BOB.id], "letters of nobody leave the name");
  t.end();
});

t.test("oneself is not called, and no message calls more than the wire takes", (t) => {
  t.same(mentionsIn("@maya", MEMBERS), []);
  const many = Array.from({ length: 100 }, (_, index) =>
    memberView(member({ id: index.toString(16).padStart(64, "0"), name: `n${index}` })),
  );
  t.equal(mentionsIn(many.map(({ name }) => `@${name}`).join(" "), many).length, 32);
  t.end();
});
