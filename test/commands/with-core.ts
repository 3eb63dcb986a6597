/** Commands as the composer runs them, over a scripted core, without a screen. */
import type { Test } from "tap";
import type { Wish } from "../../src/commands/define.js";
import { parseCommand, readLine } from "../../src/commands/parse.js";
import { Actions } from "../../src/state/actions.js";
import { Session } from "../../src/state/session.js";
import { NOW, type ScriptedCore } from "../components/scripted-core.js";

export interface Desk {
  readonly actions: Actions;
  readonly session: Session;
  /** Where one is; another room from the next line on. */
  room: string | null;
  run(line: string): Promise<Wish | undefined>;
  /** What the core was asked by `method`, the latest last. */
  asked(method: string): readonly Record<string, unknown>[];
}

export async function openDesk(t: Test, core: ScriptedCore, room: string | null): Promise<Desk> {
  const session = new Session({ connect: core.connect, now: () => NOW });
  t.teardown(() => session.close());
  await session.start();
  const actions = new Actions({ session, room: () => desk.room, selected: () => null });
  const desk: Desk = {
    actions,
    session,
    room,
    async run(text) {
      const line = readLine(text);
      if (line.kind !== "command") throw new Error(`${text} is no command`);
      const names = { rooms: actions.rooms(), members: actions.members() };
      const { command, values } = parseCommand(line.name, line.rest, names);
      return await command.run(actions, values as Parameters<typeof command.run>[1]);
    },
    asked: (method) => core.asked.filter((one) => one.method === method).map(({ params }) => params),
  };
  if (room !== null) await actions.loadMembers(room);
  return desk;
}

/** All that a page says, one row a line. */
export function pageText(wish: Wish | undefined): string {
  const page = wish && "page" in wish ? wish.page : undefined;
  if (!page) throw new Error(`no page: ${JSON.stringify(wish)}`);
  return [page.title, ...page.rows.map(({ label, text }) => (label ? `${label}: ${text}` : text))].join("\n");
}
