import t from "tap";
import { letIn } from "../../src/p2p/firewall.js";

t.test("the rule is one for the tool that is there, and for every port", async (t) => {
  const withTools = (...tools: string[]) => letIn([49_999, 49_737], "linux", (tool) => tools.includes(tool));
  t.match(withTools("nft", "iptables", "ufw"), "sudo ufw allow 49737,49999/udp");
  t.match(withTools("nft", "firewall-cmd"), "sudo firewall-cmd --add-port=49737/udp --add-port=49999/udp");
  t.match(withTools("nft", "iptables"), "sudo nft insert rule inet filter input udp dport '{ 49737, 49999 }' accept");
  t.match(withTools("iptables"), "sudo iptables -I INPUT -p udp -m multiport --dports 49737,49999 -j ACCEPT");
});

t.test("where no tool is known it says what to let in", async (t) => {
  t.equal(
    letIn([49_999], "darwin", () => true),
    "a firewall drops it: let UDP 49999 in",
  );
  t.equal(
    letIn([49_999, 1], "linux", () => false),
    "a firewall drops it: let UDP 1 and 49999 in",
  );
});
