import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import createTestnet from "hyperdht/testnet.js";
import t from "tap";

t.setTimeout(120_000);

const script = fileURLToPath(new URL("../helpers/two-people.js", import.meta.url));
const TALK = ["hello from ann", "hello from bob"];

function run(
  command: string,
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  return new Promise((resolve) => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("close", (code) => resolve({ stdout, stderr, code }));
  });
}

const canUnshare = spawnSync("unshare", ["-n", "true"]).status === 0;

t.test(
  "with a loopback interface and nothing else, two profiles meet with no flag at all, and talk",
  { skip: canUnshare ? false : "needs a network namespace: run as root, with util-linux and iproute2" },
  async (t) => {
    const inside = `ip link set lo up && exec '${process.execPath}' '${script}'`;
    const { stdout, stderr, code } = await run("unshare", ["-n", "sh", "-c", inside]);
    t.equal(code, 0, stderr);
    const said = JSON.parse(stdout);
    t.same(said.ann, TALK);
    t.same(said.bob, TALK);
    t.ok(said.joinMs < 5_000, `in within 5 s (${said.joinMs} ms)`);
  },
);

t.test("by a DHT of three nodes on loopback and no local beacon", async (t) => {
  const net = await createTestnet(3, { host: "127.0.0.1" });
  t.teardown(() => net.destroy());
  const { stdout, stderr, code } = await run(process.execPath, [
    script,
    "--no-lan",
    "--bootstrap",
    `127.0.0.1:${net.bootstrap[0]!.port}`,
  ]);
  t.equal(code, 0, stderr);
  const said = JSON.parse(stdout);
  t.same(said.ann, TALK);
  t.same(said.bob, TALK);
});
