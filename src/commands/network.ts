import { plainText, type SafeText, safe } from "../safe-text.js";
import type { NetworkView } from "../state/model.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

const STATES: Readonly<Record<NetworkView["state"], SafeText>> = {
  online: plainText("people anywhere can be found"),
  lan: plainText("this network only: the internet does not answer"),
  looking: plainText("looking for the internet"),
  offline: plainText("offline: messages are kept and go out when someone appears"),
};

export const network = defineCommand<CommandContext>()({
  name: "network",
  group: "program",
  summary: "How people are found, and what stands in the way",
  args: [],
  async run(context) {
    const view = await context.network();
    const isWell = view.state === "online" || view.state === "looking";
    return {
      show: "page",
      page: {
        title: plainText("Network"),
        rows: [
          { label: plainText("state"), text: STATES[view.state], isWarning: !isWell },
          ...(view.reason === null ? [] : [{ label: plainText("because"), text: view.reason, isWarning: true }]),
          { label: plainText("connected"), text: safe`${view.peers} ${view.peers === 1 ? "device" : "devices"}` },
          ...view.interfaces.map(({ name, address, error }) => ({
            label: name,
            text: error === null ? address : safe`${address}  ${error}`,
            isWarning: error !== null,
          })),
        ],
      },
    };
  },
});
