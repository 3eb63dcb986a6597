import t from "tap";
import { safeName } from "../../src/safe-text.js";
import { withLate } from "../../src/state/window.js";

function late(name: string, count: number, position: number) {
  return { authorId: name, author: safeName(name), count, position };
}

t.test("late messages are counted for each author, and stay where they are when others come in above", (t) => {
  let all = withLate([], late("maya", 2, 40));
  all = withLate(all, late("bob", 3, 10));
  t.same(all, [late("maya", 2, 43), late("bob", 3, 10)], "three came in above the two");
  all = withLate(all, late("maya", 1, 5));
  t.same(all, [late("maya", 3, 5), late("bob", 3, 11)], "the first of an author's is where one goes");
  t.end();
});
