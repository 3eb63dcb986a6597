/** A home with one room, tea, and what was said in it. */
import type { Test } from "tap";
import { Home } from "../helpers/program.js";

export async function teaRoom(t: Test) {
  const home = new Home(t, t.testdir());
  const room = await home.json(["room", "create", "tea"]);
  const texts = async () => {
    const { stdout } = await home.run(["tail", "tea", "--json"]);
    const rows = stdout.split("\n").filter((line) => line !== "");
    return rows.map((line) => JSON.parse(line)).flatMap(({ type, text }) => (type === "message" ? [text] : []));
  };
  return { home, room, texts };
}
