import { useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MemberView } from "../state/model.js";
import type { Span } from "../state/rows.js";
import { hueOf } from "../state/timeline.js";
import { cells } from "./cells.js";
import { Rows } from "./message-row.js";
import { useScreen } from "./screen-context.js";

const LINE: Span = { text: plainText("│"), tone: "dim" };

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
  const rows = memberRows(members, columns);
  const drawn = Array.from({ length: height }, (_, index): readonly Span[] => [LINE, ...(rows[index] ?? [])]);
  if (rows.length > height)
    drawn[height - 1] = [LINE, { text: safe` and ${rows.length - height + 1} more`, tone: "dim" }];
  return <Rows rows={drawn} columns={columns + 1} height={height} />;
}

export function memberRows(members: readonly MemberView[], columns: number): (readonly Span[])[] {
  const here = members.filter((member) => member.here || member.mine);
  const away = members.filter((member) => !member.here && !member.mine);
  const rows: (readonly Span[])[] = [];
  const group = (label: SafeText, all: readonly MemberView[], isHere: boolean) => {
    if (all.length === 0) return;
    if (rows.length > 0) rows.push([]);
    rows.push([{ text: safe` ${label}  ${all.length}`, tone: "dim" }]);
    for (const member of all.toSorted(byRank)) rows.push(memberSpans(member, columns, isHere));
  };
  group(plainText("HERE"), here, true);
  group(plainText("AWAY"), away, false);
  return rows;
}

const RANKS = { owner: 0, moderator: 1, member: 2 };

function byRank(a: MemberView, b: MemberView): number {
  return RANKS[a.role] - RANKS[b.role] || a.name.localeCompare(b.name);
}

function memberSpans(member: MemberView, columns: number, isHere: boolean): Span[] {
  const role = member.role === "member" ? "" : ` ${member.role}`;
  const tag = member.tag === null ? "" : ` ${member.tag}`;
  const end = safe`${tag}${role}`;
  const name = cells.cut(safe` ${member.name}`, Math.max(4, columns - cells.width(end)));
  const hue = member.mine ? -1 : hueOf({ authorId: member.id, author: member.name });
  return [
    isHere ? { text: name, tone: "author", hue, ...(member.mine ? { bold: true } : {}) } : { text: name, tone: "dim" },
    { text: cells.cut(end, Math.max(0, columns - cells.width(name))), tone: member.tag === null ? "dim" : "warning" },
  ];
}
