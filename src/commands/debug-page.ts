import { redact } from "../log.js";
import { plainText, type SafeText, safe, safeLine } from "../safe-text.js";
import { megabytes } from "../state/front-facts.js";
import { spanOf } from "../state/local-time.js";
import type { DebugInfo, Fact } from "../state/model.js";
import type { Page } from "./define.js";

const MAX_VALUE_LENGTH = 120;

export function factRows(facts: readonly Fact[]): Page["rows"] {
  return facts.map(({ what, value }) => row(what, value));
}

export function coreRows(info: DebugInfo | null): Page["rows"] {
  if (!info) return [{ label: plainText("core"), text: plainText("does not answer"), isWarning: true }];
  const { node, upMs, rssBytes, heapBytes, network, peers, rooms, room } = info;
  return [
    row("core", `Node ${node}, up ${spanOf(upMs)}, ${megabytes(rssBytes)} MB, of it ${megabytes(heapBytes)} MB heap`),
    row("network", `${network}, peers: ${peers}`),
    row("rooms", String(rooms)),
    ...(room ? roomRows(room) : []),
  ];
}

function roomRows(room: NonNullable<DebugInfo["room"]>): Page["rows"] {
  const { leftOut } = room;
  const fetched = room.fetched === null ? "" : `, history here: ${Math.floor(room.fetched * 100)} %`;
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${reason}: ${count}`);
  return [
    row("room", `${room.id}, ${room.kind}, ${room.state}, you are ${room.role ?? "not in it"}`),
    row("people", `members: ${room.members}, devices connected: ${room.connected}`),
    row("writers", `${room.writers}, active: ${room.activeWriters}, indexers: ${room.indexers}`),
    row(
      "lengths",
      `rows: ${room.rows}, view: ${room.viewLength}, signed: ${room.signedLength}, own: ${room.ownLength}`,
    ),
    row("behind", `${room.behind} blocks${fetched}${room.stalled ? ", stalled" : ""}`),
    row("own messages", `waiting: ${room.pending}, failed: ${room.failed}`),
    row("left out", reasons.length === 0 ? "nothing" : reasons.join(", ")),
    ...(room.divergences === 0 ? [] : [row("two histories", String(room.divergences))]),
  ];
}

/** Whatever looks like a key or a link is taken out, though nothing that is asked for has one. */
function row(label: string, value: string): { readonly label: SafeText; readonly text: SafeText } {
  return { label: safe`${label}`, text: safeLine(redact(value), { maxLength: MAX_VALUE_LENGTH }) };
}
