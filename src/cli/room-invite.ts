import { INVITE_EXPIRES_MS, INVITE_MAX_EXPIRES_MS, INVITE_USES } from "../config.js";
import { KeetError } from "../errors.js";
import { defineCliCommand } from "./define.js";
import { durationMs, sayDuration } from "./duration.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printLine, talk } from "./output.js";
import { inviteJson } from "./shapes.js";

export const roomInvite = defineCliCommand({
  path: ["room", "invite"],
  summary: "Make an invite; prints the link",
  details: "Whoever has the link can join while it is open. Give it away where only the right person reads it.",
  positionals: [ROOM_ARGUMENT],
  options: {
    expires: { type: "text", describe: "How long it is open: 90s, 10m, 24h, 7d, 2w", default: "24h" },
    uses: { type: "text", describe: "How many people may use it", default: String(INVITE_USES) },
    qr: { type: "flag", describe: "Show a QR code too, on standard error" },
  },
  examples: [
    ["keet-tui room invite tea", "for one person, open for a day"],
    ["keet-tui room invite tea --expires 30d --uses 5", "for five people, open for a month"],
  ],
  async run(shot, args) {
    const expires = args.option("expires");
    const expiresMs =
      expires === null ? INVITE_EXPIRES_MS : durationMs(expires, "--expires", { maxMs: INVITE_MAX_EXPIRES_MS });
    const uses = wholeNumber(args.option("uses") ?? String(INVITE_USES), "--uses", 1_000);
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const invite = await core.request("room.invite", { room: room.id, expiresMs, uses });
    if (shot.globals.json) printJson(inviteJson(invite));
    else {
      printLine(invite.link ?? invite.id);
      talk(`Open for ${sayDuration(expiresMs)}, for ${uses === 1 ? "one person" : `${uses} people`}.`);
    }
    if (args.flag("qr") && invite.link) {
      const { renderUnicodeCompact } = await import("uqr");
      process.stderr.write(`${renderUnicodeCompact(invite.link)}\n`);
    }
    return 0;
  },
});

export function wholeNumber(text: string, option: string, max: number, min = 1): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < min || value > max) throw new KeetError("user", "USAGE", `${option} is a number from ${min} to ${max}`);
  return value;
}
