// What lines say of files on their way.
import t from "tap";
import type { TransferInfo } from "../../src/rpc/methods.js";
import { BOB, message, room, ScriptedCore } from "../components/scripted-core.js";
import { plainFile, transfer } from "../helpers/wire.js";
import { openLines } from "./open-lines.js";

process.env.TZ = "UTC";

function tea(name: string, change: Partial<TransferInfo> = {}) {
  const core = new ScriptedCore();
  core.rooms = [room("tea"), room("dev")];
  const file = plainFile(name, 400);
  core.messages.set("tea", [message(0, { author: BOB, type: "file", text: "", file })]);
  core.answers["file.get"] = () => transfer({ of: 400, ...change });
  const { id, writer } = core.messages.get("tea")![0]!;
  const tell = (told: Partial<TransferInfo>) =>
    core.tell({
      type: "transfers",
      room: "tea",
      transfers: [{ id, writer, transfer: transfer({ of: 400, ...told }) }],
    });
  return { core, tell };
}

t.test("that it began, each quarter, why it waits, and where it is", async (t) => {
  const { core, tell } = tea("tea.pdf");
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  t.match(await lines.say("/get"), [/^-- Getting tea\.pdf, 400 bytes\. Into /]);
  const before = lines.out().length;
  for (const bytes of [10, 100, 110, 210]) tell({ bytes });
  tell({ state: "paused", bytes: 210, reason: "nobody who has it is here" });
  tell({ state: "paused", bytes: 210, reason: "nobody who has it is here" });
  tell({ bytes: 310 });
  tell({ state: "here", bytes: 400, path: "/home/maya/Downloads/tea.pdf" });
  await lines.waitFor("is here: /");
  t.same(lines.out().slice(before), [
    "-- tea.pdf: 25 % here",
    "-- tea.pdf: 50 % here",
    "-- tea.pdf waits: nobody who has it is here",
    "-- tea.pdf: 75 % here",
    "-- tea.pdf is here: /home/maya/Downloads/tea.pdf",
  ]);
});

t.test("in another room too, and no name can be read as more than a name", async (t) => {
  const { core, tell } = tea("a is here: etc");
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  await lines.say("/get");
  await lines.say("/go dev");
  tell({ state: "here", bytes: 400, path: "/srv/a" });
  await lines.waitFor(/^-- ".*" is here: \/srv\/a$/);
  tell({ bytes: 10 });
  tell({ state: "failed", bytes: 10, reason: "it was changed" });
  await lines.waitFor(/^-- ".*" did not come: it was changed$/);
});
