import t from "tap";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { noticeText } from "../../src/state/notice-text.js";
import { messageView } from "../../src/state/views.js";
import { ALICE, BOB, message } from "../components/scripted-core.js";

t.test("every kind of notice says who did what", (t) => {
  const said = (notice: MessageInfo["notice"], change: Partial<MessageInfo> = {}) => {
    const view = messageView(message(0, { type: "notice", notice, text: "", ...change }));
    return noticeText(view, view.author);
  };
  t.equal(said("joined"), "alice joined");
  t.equal(said("created"), "alice made this room");
  t.equal(said("newer"), "alice sent something that only a newer keet-tui can show");
  t.equal(said("renamed", { author: BOB, text: "bobby" }), "bob is now called bobby");
  t.equal(said("renamed", { author: { ...BOB, name: "bobby" }, text: "bobby" }), "bobby took this name");
  t.equal(said("room-name", { text: "green tea" }), "alice named this room green tea");
  t.equal(said("topic", { text: "cups\nand pots" }), "alice set the topic: cups and pots");
  t.equal(said("topic"), "alice removed the topic");
  t.equal(said("rights"), "alice changed who may do what here");
  t.equal(said("rights", { text: "post: owners" }), "alice changed who may do what: post: owners");
  t.equal(said("role", { about: BOB, text: "owner" }), "alice made bob an owner");
  t.equal(
    said("role", { about: BOB, text: "constructor" }),
    "alice made bob constructor",
    "a role is nothing looked up",
  );
  t.equal(said("removed", { about: BOB, author: ALICE }), "alice removed bob");
  t.equal(said("renewed"), "alice went on in a new room; this one stays to be read");
  t.end();
});
