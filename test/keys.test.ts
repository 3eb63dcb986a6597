import t from "tap";
import { bindingOf, KEYS, type KeyBinding, nameOfKey, shownKey } from "../src/keys.js";

const key = (name: string, change: Partial<{ ctrl: boolean; alt: boolean; shift: boolean; text: string }> = {}) => ({
  name,
  ctrl: false,
  alt: false,
  shift: false,
  ...change,
});

t.test("the table is sound", (t) => {
  const bindings: readonly KeyBinding[] = KEYS;
  t.equal(new Set(bindings.map((binding) => binding.id)).size, bindings.length, "ids are unique");
  const places = bindings.flatMap((binding) => binding.keys.map((name) => `${binding.where} ${name}`));
  t.equal(new Set(places).size, places.length, "a key has one meaning in a place");
  for (const binding of bindings) {
    t.ok(binding.help.length < 60, `${binding.id} is explained in under 60 characters`);
    const isFragile = binding.keys.every((name) => name.startsWith("alt+") || /^f\d/.test(name));
    if (isFragile) t.ok(binding.also, `${binding.id} has a way without Alt and function keys`);
  }
  t.end();
});

t.test("the first place with a use for a key has it", (t) => {
  t.equal(bindingOf(key("k", { ctrl: true }), ["everywhere", "talk", "empty", "composer"]), "go-to-empty");
  t.equal(bindingOf(key("k", { ctrl: true }), ["everywhere", "talk", "composer"]), "cut-line-end");
  t.equal(bindingOf(key("up"), ["empty", "composer"]), "select-empty");
  t.equal(bindingOf(key("tab", { shift: true }), ["composer"]), "complete-back");
  t.equal(bindingOf(key("x", { text: "x" }), ["composer"]), null);
  t.end();
});

t.test("C07 a key that carries text is no Alt binding", (t) => {
  t.equal(bindingOf(key("3", { alt: true, text: "#" }), ["talk"]), null);
  t.equal(bindingOf(key("3", { alt: true }), ["talk"]), "room-number");
  t.end();
});

t.test("keys are named as people read them", (t) => {
  t.equal(nameOfKey(key("a", { shift: true })), "a");
  t.equal(nameOfKey(key("enter", { shift: true })), "shift+enter");
  t.equal(shownKey("alt+down"), "Alt-↓");
  t.equal(shownKey("pageup"), "PgUp");
  t.equal(shownKey("+"), "+");
  t.end();
});
