/** How a person lets UDP ports into this machine, with what is installed here. */
import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["usr/sbin", "sbin", "usr/bin", "bin"].map((folder) => `/${folder}`);

/** Tried in this order: who has the first has it for this, and the others below it. */
const RULES: readonly { readonly tool: string; rule(ports: readonly number[]): string }[] = [
  { tool: "ufw", rule: (ports) => `sudo ufw allow ${ports.join(",")}/udp` },
  {
    tool: "firewall-cmd",
    rule: (ports) => `sudo firewall-cmd ${ports.map((port) => `--add-port=${port}/udp`).join(" ")}`,
  },
  { tool: "nft", rule: (ports) => `sudo nft insert rule inet filter input udp dport '{ ${ports.join(", ")} }' accept` },
  {
    tool: "iptables",
    rule: (ports) => `sudo iptables -I INPUT -p udp -m multiport --dports ${ports.join(",")} -j ACCEPT`,
  },
];

/**
 * As the end of a sentence: `a firewall drops it, and this lets it in: …`.
 * @param has whether a program is installed
 */
export function letIn(ports: readonly number[], platform = process.platform, has = isInstalled): string {
  const sorted = [...ports].sort((a, b) => a - b);
  if (platform === "linux") {
    const found = RULES.find(({ tool }) => has(tool));
    if (found) return `a firewall drops it, and this lets it in: ${found.rule(sorted)}`;
  }
  return `a firewall drops it: let UDP ${sorted.join(" and ")} in`;
}

function isInstalled(tool: string): boolean {
  return FOLDERS.some((folder) => existsSync(join(folder, tool)));
}
