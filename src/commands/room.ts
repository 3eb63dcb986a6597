import { plainText, safe } from "../safe-text.js";
import { dayName, timeOf } from "../state/local-time.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const room = defineCommand<CommandContext>()({
  name: "room",
  group: "rooms",
  summary: "What is known about this room",
  args: [],
  async run(context) {
    const detail = await context.roomDetail(context.here().id);
    const made = detail.createdAt;
    return {
      show: "page",
      page: {
        title: safe`About ${detail.name}`,
        rows: [
          { label: plainText("topic"), text: detail.topic === "" ? plainText("none") : detail.topic },
          ...(made === null
            ? []
            : [{ label: plainText("made"), text: safe`${dayName(made, context.now())}, ${timeOf(made)}` }]),
          { label: plainText("you are"), text: safe`${detail.role ?? "not a member yet"}` },
          { label: plainText("people"), text: safe`${detail.members}, ${detail.peers} connected to you now` },
          ...(detail.state === "open"
            ? []
            : [{ label: plainText("state"), text: safe`${detail.state}: ${detail.reason ?? ""}`, isWarning: true }]),
          {
            label: plainText("messages"),
            text: safe`${detail.viewLength} entries, ${detail.signedLength} of them settled, devices that settle: ${detail.indexers}`,
          },
          { label: plainText("checksum"), text: safe`${detail.viewHash}` },
          ...detail.leftOut.map(({ reason, count }) => ({
            label: plainText("left out"),
            text: safe`${count} that were ${reason}`,
            isWarning: true,
          })),
        ],
      },
    };
  },
});
