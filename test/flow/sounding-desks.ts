// Two people with sound at their terminals, and a room that both are in.
import type { Pty } from "../helpers/pty.js";
import { fileFfmpeg } from "../helpers/sound-card.js";
import type { Desk } from "./desks.js";

/** The screen, with an ffmpeg that plays and records files. */
export function openSounding(desk: Desk): Pty {
  return desk.open([], { columns: 100, env: { HOME: desk.home.dir, KEET_TUI_FFMPEG: fileFfmpeg!.path } });
}

export async function inOneRoom(maya: Desk, bob: Desk): Promise<void> {
  await Promise.all([maya.json(["identity", "rename", "maya"]), bob.json(["identity", "rename", "bob"])]);
  for (const desk of [maya, bob]) await desk.run(["identity", "words"]);
  await maya.json(["room", "create", "tea"]);
  const { link } = await maya.json(["room", "invite", "tea"]);
  await bob.json(["room", "join", link]);
}
