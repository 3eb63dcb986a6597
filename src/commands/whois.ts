import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MemberView } from "../state/model.js";
import { momentText } from "../state/room-words.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const whois = defineCommand<CommandContext>()({
  name: "whois",
  group: "people",
  summary: "What is known about somebody",
  args: [{ name: "member", type: "member" }],
  run(context, values) {
    const member = context.members().find((other) => other.id === values.member.id);
    if (!member) return { notice: `${values.member.name} is not in this room.` };
    const devices = member.devices === 1 ? plainText("1 device") : safe`${member.devices} devices`;
    return {
      show: "page",
      page: {
        title: safe`About ${member.name}`,
        rows: [
          { label: plainText("name"), text: member.name },
          ...(member.tag === null
            ? []
            : [
                {
                  label: plainText("careful"),
                  text: safe`another name here looks the same; this one is ${member.tag}`,
                  isWarning: true,
                },
              ]),
          { label: plainText("role"), text: safe`${member.role}` },
          { label: plainText("here"), text: hereText(member, context.now()) },
          ...(member.blocked
            ? [{ label: plainText("blocked"), text: plainText("by you; /unblock shows what they write") }]
            : []),
          { label: plainText("writes with"), text: devices },
          { label: plainText("identity"), text: safe`${member.id}` },
        ],
      },
    };
  },
});

function hereText(member: MemberView, now: number): SafeText {
  if (member.here || member.mine) return plainText("now");
  return member.seenAt === null
    ? plainText("not since this device joined")
    : safe`last ${momentText(member.seenAt, now)}`;
}
