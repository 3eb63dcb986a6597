// With real cores: what one does is what the other sees.
import t from "tap";
import { until } from "../helpers/program.js";
import { inOneRoom, rows } from "./two-people.js";

t.test(
  "answers, edits, reactions, pins and what is taken back are on the other side too, and found there",
  async (t) => {
    const { maya, bob } = await inOneRoom(t);
    const id = "abcd".repeat(8);
    await maya.json("send", "tea", "the kettle is on", "--id", id);
    const seen = async (holds: (row: Record<string, unknown>) => unknown) =>
      until(async () => (await rows(bob)).some((row) => row.id === id && holds(row)), 20_000);
    await seen(() => true);
    const answer = await bob.json("send", "tea", "--reply", "abcd", "coming");
    await bob.json("message", "react", "tea", "abcd", "👍");
    await maya.json("message", "edit", "tea", "abcd", "the kettle was on");
    await maya.json("message", "pin", "tea", "abcd");
    await seen(
      ({ text, pinned, reactions }) => text === "the kettle was on" && pinned && (reactions as unknown[]).length === 1,
    );
    await until(async () => (await rows(maya)).some((row) => row.id === answer.id), 20_000);
    t.match(
      (await rows(maya)).find((row) => row.id === answer.id),
      { replyTo: id, reply: { text: "the kettle was on", author: { name: "maya" } }, author: { name: "bob" } },
    );
    t.match(
      (await maya.run("tail", "tea")).stdout,
      /maya: the kettle was on \(edited\) \[👍 bob\]\n.* bob \(to maya: the kettle was on\): coming\n/,
    );
    t.match(await bob.json("message", "pins", "tea"), [{ id }]);
    const refused = await bob.run("message", "edit", "tea", "abcd", "not mine");
    t.equal(refused.code, 1);
    t.match(refused.stderr, /Only who wrote it can do that/);
    t.match((await bob.run("export", "tea")).stdout, /\d\d:\d\d maya: the kettle was on \(edited\)\n {6}👍 bob\n/);
    await until(async () => (await bob.json("search", "KETTLE from:maya")).length === 1, 20_000);
    t.match(await bob.json("search", '"kettle was"', "tea"), [{ id, text: "the kettle was on" }]);
    t.same(await bob.json("search", "kettle from:bob"), []);
    await maya.json("message", "delete", "tea", "abcd");
    await seen(({ deleted, text }) => deleted && text === "");
  },
);
