// Debian packages that some tests need beyond npm's: in CI, as root, what is missing is installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PACKAGES = {
  unshare: "util-linux",
  ip: "iproute2",
  nft: "nftables",
  man: "man-db",
  mandoc: "mandoc",
  zsh: "zsh",
  fish: "fish",
  tmux: "tmux",
  ssh: "openssh-client",
  sshd: "openssh-server",
  ffmpeg: "ffmpeg",
  pulseaudio: "pulseaudio",
  strace: "strace",
};
const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];

const missing = () =>
  Object.entries(PACKAGES)
    .filter(([command]) => !FOLDERS.some((folder) => existsSync(`${folder}/${command}`)))
    .map(([, name]) => name);

/** @returns the packages that are still missing: what needs them is skipped, and says so */
export function installTools() {
  if (process.platform !== "linux" || missing().length === 0) return [];
  if (process.env.CI === "true" && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...args) => spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...missing());
  }
  const left = missing();
  if (left.length > 0) console.log(`Some tests are not run; to run them too: apt-get install ${left.join(" ")}`);
  return left;
}
