// A real sshd on loopback, with keys of its own and for one user.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { shortFolder } from "./program.js";
import { openPty, type Pty, type PtyOptions } from "./pty.js";

interface Teardown {
  teardown(work: () => void | Promise<void>): void;
}

const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];

function findProgram(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Why there is no sshd to be had here; false where there is. */
export const withoutSshd =
  findProgram("sshd") !== null && findProgram("ssh") !== null && findProgram("ssh-keygen") !== null
    ? false
    : "needs sshd and ssh: apt-get install openssh-server openssh-client";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function makeKey(path: string): void {
  const { status, stderr } = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
}

export class Sshd {
  readonly #folder: string;
  readonly #port: number;
  readonly #server: ChildProcess;
  readonly #t: Teardown;

  private constructor(t: Teardown, folder: string, port: number, server: ChildProcess) {
    this.#t = t;
    this.#folder = folder;
    this.#port = port;
    this.#server = server;
  }

  static async start(t: Teardown): Promise<Sshd> {
    const folder = shortFolder(t);
    const path = (name: string) => join(folder, name);
    makeKey(path("host"));
    makeKey(path("user"));
    writeFileSync(path("authorized"), readFileSync(path("user.pub")));
    const port = await freePort();
    const config = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${path("host")}`,
      `AuthorizedKeysFile ${path("authorized")}`,
      "PidFile none",
      "UsePAM no",
      "StrictModes no",
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "PrintMotd no",
      "PrintLastLog no",
      "Subsystem sftp internal-sftp",
    ];
    writeFileSync(path("config"), `${config.join("\n")}\n`);
    writeFileSync(path("known"), `[127.0.0.1]:${port} ${readFileSync(path("host.pub"), "utf8")}`);
    // Where it does not exist yet it is sshd's own package that makes it, at boot.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const server = spawn(findProgram("sshd")!, ["-D", "-e", "-f", path("config")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    t.teardown(() => void server.kill("SIGKILL"));
    let said = "";
    await new Promise<void>((done, fail) => {
      server.stderr!.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (said.includes("Server listening")) done();
      });
      server.on("exit", () => fail(new Error(`sshd: ${said}`)));
    });
    return new Sshd(t, folder, port, server);
  }

  get #settings(): string[] {
    const path = (name: string) => join(this.#folder, name);
    const settings = [`UserKnownHostsFile=${path("known")}`, "IdentitiesOnly=yes", "LogLevel=ERROR"];
    return ["-F", "none", "-i", path("user"), ...settings.flatMap((setting) => ["-o", setting])];
  }

  /** A file there and back to this machine, by scp. */
  async copy(from: string, to: string): Promise<void> {
    const there = `${userInfo().username}@127.0.0.1:${from}`;
    const child = spawn(findProgram("scp")!, ["-q", ...this.#settings, "-P", String(this.#port), there, to], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [status] = await once(child, "exit");
    if (status !== 0) throw new Error(`scp ended with ${status}`);
  }

  /** Logs in and runs a command there, in a terminal of its own. */
  open(command: readonly string[], options: PtyOptions & { readonly forward?: string } = {}): Pty {
    const forward = options.forward === undefined ? [] : ["-o", "ExitOnForwardFailure=yes", "-R", options.forward];
    const pty = openPty(
      findProgram("ssh")!,
      [
        ...["-tt", ...this.#settings, ...forward, "-p", String(this.#port)],
        `${userInfo().username}@127.0.0.1`,
        command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "),
      ],
      options,
    );
    this.#t.teardown(() => pty.kill());
    return pty;
  }

  /** The far ends of the lines that are open, by their process. */
  sessions(): number[] {
    const children = readFileSync(`/proc/${this.#server.pid}/task/${this.#server.pid}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
  }
}
