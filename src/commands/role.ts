import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MemberView, Role, RoomView } from "../state/model.js";
import { nameOf, whoMay } from "../state/room-words.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Page } from "./define.js";
import { memberNamed } from "./named.js";

const ROLES = ["owner", "moderator", "member"] as const;

export const role = defineCommand<CommandContext>()({
  name: "role",
  group: "people",
  summary: "Make somebody owner, moderator or member",
  details:
    "Without a name it says what each role may do. Only owners change roles, and none can change another owner's. " +
    "`member` also lets somebody who was removed come back by an invite.",
  args: [
    { name: "who", type: "former", optional: true },
    { name: "role", type: "choice", choices: ROLES, optional: true },
  ],
  async run(context, { who, role: wanted }) {
    const room = context.here();
    const members = await context.loadMembers(room.id);
    if (who === null) return { show: "page", page: rolePage(room, members) };
    if (wanted === null) {
      const member = memberNamed(who, members);
      const hint = `/role ${quoted(nameOf(member))} ${ROLES.join("|")}`;
      return { notice: `${member.name} is ${member.role}.`, hint };
    }
    const changed = await context.running.setRole(room.id, idOf(who, members, wanted), wanted as Role);
    return { notice: `${changed.name} is ${changed.role} now.` };
  },
});

/** Who was removed is no member any more, so the core looks for that name among those who were. */
function idOf(who: string, members: readonly MemberView[], wanted: string): string {
  try {
    return memberNamed(who, members).id;
  } catch (error) {
    if (wanted === "member" && !isAmbiguous(who, members)) return who.replace(/^@/, "");
    throw error;
  }
}

function isAmbiguous(who: string, members: readonly MemberView[]): boolean {
  const lower = who.replace(/^@/, "").toLowerCase();
  return members.some(({ id, name }) => name.toLowerCase() === lower || id.startsWith(lower));
}

function quoted(name: SafeText): SafeText {
  return /\s/.test(name) ? safe`"${name}"` : name;
}

const EMPTY = plainText("");

function rolePage(room: RoomView, members: readonly MemberView[]): Page {
  const named = (wanted: string): SafeText => {
    const names = members.filter((member) => member.role === wanted).map(nameOf);
    return safe`${names.length > 0 ? names.join(", ") : "nobody"}`;
  };
  return {
    title: safe`Roles in ${room.name}`,
    rows: [
      { label: plainText("owner"), text: named("owner") },
      {
        label: EMPTY,
        text: plainText(
          "gives and takes roles, says who may do what, goes on in a new room; and all that a moderator may",
        ),
      },
      { label: plainText("moderator"), text: named("moderator") },
      {
        label: EMPTY,
        text: plainText(
          "changes name and topic, pins, takes back messages of members, removes members, closes any invite; and all that a member may",
        ),
      },
      { label: plainText("member"), text: named("member") },
      { label: EMPTY, text: plainText("writes, edits and takes back what is theirs, reacts") },
      { label: plainText("write"), text: whoMay(room.rights.post) },
      { label: plainText("invite"), text: whoMay(room.rights.invite) },
      { label: plainText("share files"), text: whoMay(room.rights.share) },
      { label: plainText("call"), text: whoMay(room.rights.call) },
      { text: plainText("/role alice moderator gives one. /room rights invite moderators changes who may do what.") },
    ],
  };
}
