import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MemberView } from "../state/model.js";
import { nameOf, presenceText } from "../state/room-words.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const who = defineCommand<CommandContext>()({
  name: "who",
  aliases: ["names"],
  group: "people",
  summary: "Who is in this room, their roles, and who is here now",
  args: [],
  async run(context) {
    const room = context.here();
    const members = await context.loadMembers(room.id);
    const isHere = (member: MemberView) => member.here || member.mine;
    const here = members.filter(isHere);
    const rows = (all: readonly MemberView[]) =>
      all.toSorted(byRank).map((member) => ({ label: nameOf(member), text: factsOf(member, context.now()) }));
    return {
      show: "page",
      page: {
        title: safe`Who is in ${room.name}: ${members.length}, ${here.length} here`,
        rows: [
          ...rows(here),
          ...rows(members.filter((member) => !isHere(member))),
          { text: plainText("/whois and a name says more. /role says what each role may do.") },
        ],
      },
    };
  },
});

const RANKS = { owner: 0, moderator: 1, member: 2 };

function byRank(a: MemberView, b: MemberView): number {
  return RANKS[a.role] - RANKS[b.role] || (b.seenAt ?? 0) - (a.seenAt ?? 0) || a.name.localeCompare(b.name);
}

function factsOf(member: MemberView, now: number): SafeText {
  const facts = [
    member.role,
    member.mine ? "you" : (presenceText(member, now) ?? "away"),
    ...(member.blocked ? ["blocked by you"] : []),
  ];
  return safe`${facts.join(" · ")}`;
}
