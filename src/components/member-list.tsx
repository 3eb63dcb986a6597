import { useMinute } from "../hooks/use-minute.js";
import { useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { dayName, timeOf } from "../state/local-time.js";
import type { MemberView } from "../state/model.js";
import type { Span } from "../state/rows.js";
import { hueOf } from "../state/timeline.js";
import { cells } from "./cells.js";
import { Rows } from "./message-row.js";
import { useScreen } from "./screen-context.js";

const DAY_MS = 24 * 60 * 60 * 1000;
// What stands at the end of a row, as ✓✓ does, does not touch it.
const LINE: Span = { text: plainText(" │"), tone: "dim" };

/** Members right, those who are here first; the separator is one column more. */
export function MemberList({
  room,
  columns,
  height,
}: {
  readonly room: string;
  readonly columns: number;
  readonly height: number;
}) {
  const { screen } = useScreen();
  const members = useWhole(screen.session.room(room).members);
  const now = useMinute(screen.session.now);
  const rows = memberRows(members, columns, now);
  const drawn = Array.from({ length: height }, (_, index): readonly Span[] => [LINE, ...(rows[index] ?? [])]);
  if (rows.length > height)
    drawn[height - 1] = [LINE, { text: safe` and ${rows.length - height + 1} more`, tone: "dim" }];
  return <Rows rows={drawn} columns={columns + 2} height={height} />;
}

/** In three groups: here; away since today; those last seen before that, or never. */
export function memberRows(members: readonly MemberView[], columns: number, now: number): (readonly Span[])[] {
  const isHere = (member: MemberView) => member.here || member.mine;
  const isAway = ({ seenAt }: MemberView) => seenAt !== null && now - seenAt < DAY_MS;
  const gone = members.filter((member) => !isHere(member));
  const rows: (readonly Span[])[] = [];
  const group = (label: SafeText, all: readonly MemberView[], seen: (member: MemberView) => SafeText | null) => {
    if (all.length === 0) return;
    if (rows.length > 0) rows.push([]);
    rows.push([{ text: safe` ${label}  ${all.length}`, tone: "dim" }]);
    for (const member of all.toSorted(byRank)) rows.push(memberSpans(member, columns, isHere(member), seen(member)));
  };
  group(plainText("HERE"), members.filter(isHere), () => null);
  group(plainText("AWAY"), gone.filter(isAway), ({ seenAt }) => timeOf(seenAt!));
  const before = gone.filter((member) => !isAway(member));
  group(plainText("LAST SEEN"), before, ({ seenAt }) => (seenAt === null ? null : dayName(seenAt, now)));
  return rows;
}

const RANKS = { owner: 0, moderator: 1, member: 2 };

function byRank(a: MemberView, b: MemberView): number {
  return RANKS[a.role] - RANKS[b.role] || a.name.localeCompare(b.name);
}

/** ` alice 01ab moderator`; of those not here, when they were. The role goes first where there is room for one of both. */
function memberSpans(member: MemberView, columns: number, isHere: boolean, seen: SafeText | null): Span[] {
  const tag = member.tag === null ? "" : ` ${member.tag}`;
  const fact = member.blocked ? " blocked" : member.role === "member" ? (seen ? ` ${seen}` : "") : ` ${member.role}`;
  const end = safe`${tag}${fact}`;
  const name = cells.cut(safe` ${member.name}`, Math.max(4, columns - cells.width(end)));
  const hue = member.mine ? -1 : hueOf({ authorId: member.id, author: member.name });
  return [
    isHere ? { text: name, tone: "author", hue, ...(member.mine ? { bold: true } : {}) } : { text: name, tone: "dim" },
    { text: cells.cut(end, Math.max(0, columns - cells.width(name))), tone: member.tag === null ? "dim" : "warning" },
  ];
}
